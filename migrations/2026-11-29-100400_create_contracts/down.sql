delete from number_rules where resource = 'contracts';
delete from number_series where resource = 'contracts';
drop table contracts;
