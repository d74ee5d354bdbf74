-- Whoever follows a record is told when others change it or speak of it.
create table followers (
    record_id uuid not null,
    user_id uuid not null constraint followers_user_exists references users on delete cascade,
    resource text not null,
    -- What was committed before is no news.
    since bigint not null default pg_current_xact_id()::text::bigint,
    primary key (record_id, user_id)
);
create index followers_user on followers (user_id);

alter table notifications drop constraint notifications_reason_check;
alter table notifications add constraint notifications_reason_check
    check (reason in ('mention', 'reminder', 'followed')) not valid;
alter table notifications validate constraint notifications_reason_check;
-- As long as somebody has not looked, one word about a record is enough.
create unique index notifications_followed_once on notifications (about_id, owner_id)
    where reason = 'followed' and read_at is null and deleted_at is null;
