alter table contracts drop column open, drop column received;
alter table orders drop column open, drop column received;
delete from number_rules where resource = 'payments';
drop table payment_lines;
drop table payments;
