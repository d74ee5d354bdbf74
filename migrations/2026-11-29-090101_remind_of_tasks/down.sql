drop index jobs_of_nobody;
drop index tasks_reminders;
drop index notifications_reminded_once;
delete from notifications where reason = 'reminder';
alter table notifications drop constraint notifications_reason_check;
alter table notifications add constraint notifications_reason_check check (reason in ('mention'));
alter table notifications drop column remind_at;
