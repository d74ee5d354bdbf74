drop index opportunities_of_customer;
drop index opportunities_by_stale;
alter table opportunities drop column stale_on;
