drop table uploads;
drop table operation_rows;
drop table operations;
drop table schedules;
drop table jobs;
