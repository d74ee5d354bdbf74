drop table search_index;
drop table external_ids;
drop table contacts;
drop table customers;
drop table customer_types;
