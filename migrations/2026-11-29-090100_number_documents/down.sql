alter table opportunities drop column number;
drop table number_series;
drop table number_rules;
