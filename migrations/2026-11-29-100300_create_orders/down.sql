delete from number_rules where resource = 'orders';
delete from number_series where resource = 'orders';
drop table order_lines;
drop table orders;
