delete from search_index where resource = 'notifications';
delete from external_ids where resource = 'notifications';
drop table notifications;
