delete from number_rules where resource = 'quotes';
delete from number_series where resource = 'quotes';
drop table quote_lines;
drop table quotes;
