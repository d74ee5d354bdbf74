drop trigger spread_lines on opportunities;
drop trigger spread_new_lines on opportunities;
drop procedure spread_lines_of;
drop function spread_lines;
drop table opportunity_lines;
alter table opportunities drop column lines;
