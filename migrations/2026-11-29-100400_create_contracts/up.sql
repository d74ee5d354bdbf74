-- Contracts: what was agreed with customers.
create table contracts (
    id uuid primary key,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    updated_at timestamptz not null default now(),
    updated_by uuid,
    deleted_at timestamptz,
    owner_id uuid constraint contracts_owner_exists references users,
    department_id uuid constraint contracts_department_exists references departments,
    external_ids jsonb not null default '{}',
    custom jsonb not null default '{}',
    seals jsonb not null default '{}',
    title_sort text not null,
    number text not null,
    name text not null,
    customer_id uuid not null constraint contracts_customer_exists references customers,
    contact_id uuid constraint contracts_contact_exists references contacts,
    order_id uuid constraint contracts_order_exists references orders,
    kind text not null check (kind in ('sale', 'service', 'framework', 'other')),
    status text not null check (status in ('draft', 'signed', 'completed', 'terminated', 'renewed')),
    amount numeric,
    currency text not null check (currency in ('CNY', 'USD', 'EUR', 'HKD', 'JPY', 'GBP', 'KRW', 'SGD', 'TWD', 'AUD')),
    signed_on date,
    begins_on date,
    ends_on date,
    termination_reason text,
    renews_id uuid constraint contracts_renews_exists references contracts,
    notes text
);
create index contracts_newest on contracts (updated_at desc, id desc) where deleted_at is null;
create index contracts_owner on contracts (owner_id, updated_at desc, id desc);
create index contracts_department on contracts (department_id, updated_at desc, id desc);
create index contracts_by_title on contracts (title_sort, id) where deleted_at is null;
create index contracts_by_creation on contracts (created_at desc, id desc) where deleted_at is null;
create index contracts_customer on contracts (customer_id, updated_at desc, id desc);
create index contracts_contact on contracts (contact_id);
create index contracts_order on contracts (order_id);
create index contracts_renews on contracts (renews_id);
create index contracts_by_end on contracts (ends_on, id) where deleted_at is null and ends_on is not null;
create unique index contracts_number_taken on contracts (number);

call log_changes_of('contracts', 'contracts');

insert into number_rules (id, title_sort, name, resource, pattern, begin_at)
values (gen_random_uuid(), 'hetongbianhao', '合同编号', 'contracts', 'CT-{year}-{6}', 1);
