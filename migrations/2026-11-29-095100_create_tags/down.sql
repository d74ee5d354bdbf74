alter table opportunities drop column tag_ids;
alter table contacts drop column tag_ids;
alter table customers drop column tag_ids;
delete from search_index where resource = 'tags';
delete from external_ids where resource = 'tags';
drop table tags;
