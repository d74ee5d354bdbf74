-- What somebody should know of, until they have looked.
create table notifications (
    id uuid primary key,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    updated_at timestamptz not null default now(),
    updated_by uuid,
    deleted_at timestamptz,
    owner_id uuid constraint notifications_owner_exists references users,
    department_id uuid constraint notifications_department_exists references departments,
    external_ids jsonb not null default '{}',
    custom jsonb not null default '{}',
    title text not null,
    title_sort text not null,
    reason text not null check (reason in ('mention')),
    about_type text,
    about_id uuid,
    comment_id uuid,
    read_at timestamptz,
    seals jsonb not null default '{}'
);
create index notifications_newest on notifications (updated_at desc, id desc) where deleted_at is null;
create index notifications_by_creation on notifications (created_at desc, id desc) where deleted_at is null;
create index notifications_owner on notifications (owner_id, created_at desc, id desc);
create index notifications_unread on notifications (owner_id, created_at desc, id desc)
    where deleted_at is null and read_at is null;
create index notifications_department on notifications (department_id, updated_at desc, id desc);
create index notifications_deleted on notifications (deleted_at) where deleted_at is not null;
create index notifications_about on notifications (about_id) where about_id is not null;
-- One event is told to each person once.
create unique index notifications_told_once on notifications (comment_id, owner_id);

call log_changes_of('notifications', 'notifications');
