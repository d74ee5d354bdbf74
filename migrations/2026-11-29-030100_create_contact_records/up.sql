-- What was spoken with customers, when, by whom, and what came of it.
create table contact_records (
    id uuid primary key,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    updated_at timestamptz not null default now(),
    updated_by uuid,
    deleted_at timestamptz,
    owner_id uuid constraint contact_records_owner_exists references users,
    department_id uuid constraint contact_records_department_exists references departments,
    external_ids jsonb not null default '{}',
    custom jsonb not null default '{}',
    kind text not null check (kind in ('call', 'visit', 'chat', 'mail', 'meeting')),
    subject text not null,
    title_sort text not null,
    customer_id uuid not null constraint contact_records_customer_exists references customers,
    contact_id uuid constraint contact_records_contact_exists references contacts,
    content text,
    happened_at timestamptz constraint contact_records_happened_once check (happened_at is not null),
    minutes integer,
    result text check (result in ('reached', 'interested', 'no_answer', 'refused', 'ordered', 'other')),
    next_contact_on date,
    seals jsonb not null default '{}'
);
create index contact_records_newest on contact_records (happened_at desc, id desc) where deleted_at is null;
create index contact_records_customer on contact_records (customer_id, happened_at desc, id desc);
create index contact_records_contact on contact_records (contact_id, happened_at desc, id desc);
create index contact_records_owner on contact_records (owner_id, happened_at desc, id desc);
create index contact_records_department on contact_records (department_id, happened_at desc, id desc);
create index contact_records_by_update on contact_records (updated_at desc, id desc) where deleted_at is null;
create index contact_records_by_creation on contact_records (created_at desc, id desc) where deleted_at is null;
create index contact_records_by_subject on contact_records (title_sort, id) where deleted_at is null;
create index contact_records_deleted on contact_records (deleted_at) where deleted_at is not null;

call log_changes_of('contact_records', 'contact-records');
