delete from changes where resource = 'fields';
delete from search_index where resource = 'fields';
delete from external_ids where resource = 'fields';
drop table fields;
