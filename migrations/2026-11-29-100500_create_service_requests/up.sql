-- Service requests: what customers ask for.
create table service_requests (
    id uuid primary key,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    updated_at timestamptz not null default now(),
    updated_by uuid,
    deleted_at timestamptz,
    owner_id uuid constraint service_requests_owner_exists references users,
    department_id uuid constraint service_requests_department_exists references departments,
    external_ids jsonb not null default '{}',
    custom jsonb not null default '{}',
    seals jsonb not null default '{}',
    title_sort text not null,
    number text not null,
    subject text not null,
    customer_id uuid not null constraint service_requests_customer_exists references customers,
    contact_id uuid constraint service_requests_contact_exists references contacts,
    kind text not null check (kind in ('question', 'fault', 'complaint', 'installation', 'return', 'other')),
    channel text check (channel in ('phone', 'mail', 'wechat', 'web', 'visit', 'other')),
    priority text not null check (priority in ('urgent', 'high', 'normal', 'low')),
    status text not null check (status in ('new', 'accepted', 'solved', 'closed', 'rejected')),
    description text,
    solution text,
    reject_reason text,
    solved_at timestamptz
);
create index service_requests_newest on service_requests (updated_at desc, id desc) where deleted_at is null;
create index service_requests_owner on service_requests (owner_id, updated_at desc, id desc);
create index service_requests_department on service_requests (department_id, updated_at desc, id desc);
create index service_requests_by_title on service_requests (title_sort, id) where deleted_at is null;
create index service_requests_by_creation on service_requests (created_at desc, id desc) where deleted_at is null;
create index service_requests_customer on service_requests (customer_id, updated_at desc, id desc);
create index service_requests_contact on service_requests (contact_id);
create index service_requests_status on service_requests (status, updated_at desc, id desc);
create unique index service_requests_number_taken on service_requests (number);

call log_changes_of('service_requests', 'service-requests');

insert into number_rules (id, title_sort, name, resource, pattern, begin_at)
values (gen_random_uuid(), 'fuwuqingqiubianhao', '服务请求编号', 'service-requests', 'SR-{year}-{6}', 1);
