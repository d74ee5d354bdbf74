-- Tickets: the work that answers service requests.
create table tickets (
    id uuid primary key,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    updated_at timestamptz not null default now(),
    updated_by uuid,
    deleted_at timestamptz,
    owner_id uuid constraint tickets_owner_exists references users,
    department_id uuid constraint tickets_department_exists references departments,
    external_ids jsonb not null default '{}',
    custom jsonb not null default '{}',
    seals jsonb not null default '{}',
    title_sort text not null,
    number text not null,
    subject text not null,
    customer_id uuid not null constraint tickets_customer_exists references customers,
    contact_id uuid constraint tickets_contact_exists references contacts,
    service_request_id uuid constraint tickets_service_request_exists references service_requests,
    priority text not null check (priority in ('urgent', 'high', 'normal', 'low')),
    status text not null check (status in ('open', 'in_progress', 'waiting', 'solved', 'closed')),
    due_at timestamptz,
    description text,
    waiting_for text,
    solution text,
    solved_at timestamptz
);
create index tickets_newest on tickets (updated_at desc, id desc) where deleted_at is null;
create index tickets_owner on tickets (owner_id, updated_at desc, id desc);
create index tickets_department on tickets (department_id, updated_at desc, id desc);
create index tickets_by_title on tickets (title_sort, id) where deleted_at is null;
create index tickets_by_creation on tickets (created_at desc, id desc) where deleted_at is null;
create index tickets_customer on tickets (customer_id, updated_at desc, id desc);
create index tickets_contact on tickets (contact_id);
create index tickets_service_request on tickets (service_request_id);
create index tickets_status on tickets (status, updated_at desc, id desc);
create index tickets_by_due on tickets (due_at, id) where deleted_at is null and due_at is not null;
create unique index tickets_number_taken on tickets (number);

call log_changes_of('tickets', 'tickets');

insert into number_rules (id, title_sort, name, resource, pattern, begin_at)
values (gen_random_uuid(), 'gongdanbianhao', '工单编号', 'tickets', 'TK-{year}-{6}', 1);
