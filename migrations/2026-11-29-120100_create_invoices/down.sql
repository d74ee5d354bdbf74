delete from number_rules where resource = 'invoices';
drop table invoice_lines;
drop table invoices;
