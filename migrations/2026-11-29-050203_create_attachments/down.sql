delete from files where kind = 'attachment';
alter table files drop constraint files_kind_check;
alter table files add constraint files_kind_check check (kind in ('import', 'export'));
delete from search_index where resource = 'attachments';
delete from external_ids where resource = 'attachments';
drop table attachments;
