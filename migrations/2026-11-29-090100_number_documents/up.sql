-- Numbers of documents: the rules by which they are made, and how far each series has come.
create table number_rules (
    id uuid primary key,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    updated_at timestamptz not null default now(),
    updated_by uuid,
    deleted_at timestamptz,
    owner_id uuid constraint number_rules_owner_exists references users,
    department_id uuid constraint number_rules_department_exists references departments,
    external_ids jsonb not null default '{}',
    custom jsonb not null default '{}',
    seals jsonb not null default '{}',
    title_sort text not null,
    name text not null,
    resource text not null,
    pattern text not null,
    begin_at bigint not null check (begin_at > 0)
);
create index number_rules_owner on number_rules (owner_id);
create index number_rules_department on number_rules (department_id);
create unique index number_rules_resource on number_rules (resource) where deleted_at is null;

create table number_series (
    resource text not null,
    series text not null,
    last bigint not null,
    primary key (resource, series)
);

call log_changes_of('number_rules', 'number-rules');

insert into number_rules (id, title_sort, name, resource, pattern, begin_at)
values (gen_random_uuid(), 'shangjibianhao', '商机编号', 'opportunities', 'OPP-{year}-{6}', 1);

-- Opportunities that are there already are numbered in the order in which they were made.
alter table opportunities add column number text;
with numbered as (
    select id, year, row_number() over (partition by year order by created_at, id) as count
    from (select id, created_at, to_char(created_at at time zone 'Asia/Shanghai', 'YYYY') as year from opportunities) of_year
)
update opportunities set version = version + 1, updated_at = now(), number = 'OPP-' || year || '-' || lpad(count::text, 6, '0')
from numbered where numbered.id = opportunities.id;
insert into number_series (resource, series, last)
select 'opportunities', 'OPP-' || substr(number, 5, 4) || '-#', count(*) from opportunities group by 2;
alter table opportunities alter column number set not null;
create unique index opportunities_number_taken on opportunities (number);
