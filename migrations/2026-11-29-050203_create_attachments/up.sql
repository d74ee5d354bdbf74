-- Files that belong to records. What is in one lies in the parts of the file with the same id.
create table attachments (
    id uuid primary key,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    updated_at timestamptz not null default now(),
    updated_by uuid,
    deleted_at timestamptz,
    owner_id uuid constraint attachments_owner_exists references users,
    department_id uuid constraint attachments_department_exists references departments,
    external_ids jsonb not null default '{}',
    custom jsonb not null default '{}',
    name text not null,
    title_sort text not null,
    media_type text,
    size bigint,
    sha256 text,
    about_type text,
    about_id uuid,
    seals jsonb not null default '{}',
    check (about_type is not null and about_id is not null)
);
create index attachments_newest on attachments (updated_at desc, id desc) where deleted_at is null;
create index attachments_by_creation on attachments (created_at desc, id desc) where deleted_at is null;
create index attachments_by_name on attachments (title_sort, id) where deleted_at is null;
create index attachments_about on attachments (about_id, created_at desc, id desc);
create index attachments_owner on attachments (owner_id, updated_at desc, id desc);
create index attachments_department on attachments (department_id, updated_at desc, id desc);
create index attachments_deleted on attachments (deleted_at) where deleted_at is not null;

call log_changes_of('attachments', 'attachments');

alter table files drop constraint files_kind_check;
alter table files add constraint files_kind_check check (kind in ('import', 'export', 'attachment'));
