delete from search_index where resource = 'contact-records';
delete from external_ids where resource = 'contact-records';
drop table contact_records;
