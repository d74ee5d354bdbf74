-- Words in a colour that people put on records.
create table tags (
    id uuid primary key,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    updated_at timestamptz not null default now(),
    updated_by uuid,
    deleted_at timestamptz,
    owner_id uuid constraint tags_owner_exists references users,
    department_id uuid constraint tags_department_exists references departments,
    external_ids jsonb not null default '{}',
    custom jsonb not null default '{}',
    seals jsonb not null default '{}',
    title_sort text not null,
    name text not null,
    colour text not null check (colour in ('grey', 'red', 'orange', 'yellow', 'green', 'cyan', 'blue', 'purple')),
    description text
);
create index tags_owner on tags (owner_id);
create index tags_department on tags (department_id);
create unique index tags_name_taken on tags (folded(name)) where deleted_at is null;

call log_changes_of('tags', 'tags');

alter table customers add column tag_ids uuid[] not null default '{}';
create index customers_tags on customers using gin (tag_ids);
alter table contacts add column tag_ids uuid[] not null default '{}';
create index contacts_tags on contacts using gin (tag_ids);
alter table opportunities add column tag_ids uuid[] not null default '{}';
create index opportunities_tags on opportunities using gin (tag_ids);
