delete from search_index where resource = 'tasks';
delete from external_ids where resource = 'tasks';
drop table tasks;
