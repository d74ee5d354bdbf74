-- Fields that administrators make; their values lie in the column `custom` of each table.
create table fields (
    id uuid primary key,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    updated_at timestamptz not null default now(),
    updated_by uuid,
    deleted_at timestamptz,
    owner_id uuid constraint fields_owner_exists references users,
    department_id uuid constraint fields_department_exists references departments,
    external_ids jsonb not null default '{}',
    custom jsonb not null default '{}',
    seals jsonb not null default '{}',
    title_sort text not null,
    label text not null,
    label_en text,
    resource text not null,
    kind text not null check (kind in (
        'text', 'long_text', 'integer', 'decimal', 'amount', 'percent', 'bool', 'date', 'instant', 'choice', 'choices',
        'phone', 'email', 'url', 'reference')),
    key text check (key ~ '^x_[a-z][a-z0-9_]*$'),
    refers_to text,
    choices jsonb not null default '[]',
    help text,
    help_en text,
    is_required boolean not null,
    default_value text,
    least bigint,
    greatest bigint,
    is_unique boolean not null,
    is_personal boolean not null,
    is_filterable boolean not null,
    is_listed boolean not null,
    is_quick boolean not null,
    section text,
    position bigint not null,
    status text not null check (status in ('active', 'retired'))
);
create index fields_owner on fields (owner_id);
create index fields_department on fields (department_id);
create unique index fields_key_taken on fields (resource, key) where deleted_at is null;

call log_changes_of('fields', 'fields');
