-- People are reminded of their tasks at the moment that they named, of each moment once.
alter table notifications add column remind_at timestamptz;
alter table notifications drop constraint notifications_reason_check;
alter table notifications add constraint notifications_reason_check check (reason in ('mention', 'reminder')) not valid;
alter table notifications validate constraint notifications_reason_check;
create unique index notifications_reminded_once on notifications (about_id, owner_id, remind_at) where remind_at is not null;
-- What is to be reminded of next.
create index tasks_reminders on tasks (remind_at, id)
    where deleted_at is null and status = 'open' and remind_at is not null;
-- Of what comes again by itself only the last time is kept.
create index jobs_of_nobody on jobs (kind, id) where user_id is null;
