delete from search_index where resource = 'comments';
delete from external_ids where resource = 'comments';
drop table comments;
