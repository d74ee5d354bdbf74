drop index notifications_followed_once;
delete from notifications where reason = 'followed';
alter table notifications drop constraint notifications_reason_check;
alter table notifications add constraint notifications_reason_check check (reason in ('mention', 'reminder'));
drop table followers;
