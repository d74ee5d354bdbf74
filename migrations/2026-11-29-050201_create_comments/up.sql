-- What people say about records, to whoever sees those.
create table comments (
    id uuid primary key,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    updated_at timestamptz not null default now(),
    updated_by uuid,
    deleted_at timestamptz,
    owner_id uuid constraint comments_owner_exists references users,
    department_id uuid constraint comments_department_exists references departments,
    external_ids jsonb not null default '{}',
    custom jsonb not null default '{}',
    text text not null,
    title_sort text not null,
    about_type text,
    about_id uuid,
    seals jsonb not null default '{}',
    check (about_type is not null and about_id is not null)
);
create index comments_newest on comments (updated_at desc, id desc) where deleted_at is null;
create index comments_by_creation on comments (created_at desc, id desc) where deleted_at is null;
create index comments_about on comments (about_id, created_at desc, id desc);
create index comments_owner on comments (owner_id, updated_at desc, id desc);
create index comments_department on comments (department_id, updated_at desc, id desc);
create index comments_deleted on comments (deleted_at) where deleted_at is not null;

call log_changes_of('comments', 'comments');
