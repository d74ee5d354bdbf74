-- What somebody has to do, by when, and about which record.
create table tasks (
    id uuid primary key,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    updated_at timestamptz not null default now(),
    updated_by uuid,
    deleted_at timestamptz,
    owner_id uuid constraint tasks_owner_exists references users,
    department_id uuid constraint tasks_department_exists references departments,
    external_ids jsonb not null default '{}',
    custom jsonb not null default '{}',
    subject text not null,
    title_sort text not null,
    due_on date,
    priority text not null check (priority in ('high', 'normal', 'low')),
    status text not null check (status in ('open', 'done')),
    remind_at timestamptz,
    repeat text check (repeat in ('daily', 'weekly', 'monthly', 'yearly')),
    about_type text,
    about_id uuid,
    notes text,
    done_at timestamptz,
    repeats_id uuid,
    seals jsonb not null default '{}',
    check ((about_type is null) = (about_id is null))
);
create index tasks_newest on tasks (updated_at desc, id desc) where deleted_at is null;
create index tasks_by_creation on tasks (created_at desc, id desc) where deleted_at is null;
create index tasks_by_subject on tasks (title_sort, id) where deleted_at is null;
create index tasks_by_due on tasks (due_on, id) where deleted_at is null;
create index tasks_owner on tasks (owner_id, updated_at desc, id desc);
-- What somebody still has to do, in the order in which it is due.
create index tasks_open on tasks (owner_id, due_on, id) where deleted_at is null and status = 'open';
create index tasks_department on tasks (department_id, updated_at desc, id desc);
create index tasks_about on tasks (about_id, created_at desc, id desc) where about_id is not null;
-- A task is repeated once, however often it is done and opened again.
create unique index tasks_repeated_once on tasks (repeats_id) where repeats_id is not null and deleted_at is null;
create index tasks_deleted on tasks (deleted_at) where deleted_at is not null;

call log_changes_of('tasks', 'tasks');
