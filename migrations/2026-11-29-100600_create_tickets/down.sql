delete from number_rules where resource = 'tickets';
delete from number_series where resource = 'tickets';
drop table tickets;
