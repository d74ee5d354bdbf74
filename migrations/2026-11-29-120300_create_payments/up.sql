-- Payments: money that comes in, and what it is for.
create table payments (
    id uuid primary key,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    updated_at timestamptz not null default now(),
    updated_by uuid,
    deleted_at timestamptz,
    owner_id uuid constraint payments_owner_exists references users,
    department_id uuid constraint payments_department_exists references departments,
    external_ids jsonb not null default '{}',
    custom jsonb not null default '{}',
    seals jsonb not null default '{}',
    title_sort text not null,
    number text not null,
    customer_id uuid not null constraint payments_customer_exists references customers,
    status text not null check (status in ('draft', 'posted', 'reversed')),
    paid_on date,
    method text not null check (
        method in ('bank_transfer', 'acceptance', 'cheque', 'cash', 'alipay', 'wechat', 'card', 'other')
    ),
    amount numeric not null,
    currency text not null check (currency in ('CNY', 'USD', 'EUR', 'HKD', 'JPY', 'GBP', 'KRW', 'SGD', 'TWD', 'AUD')),
    reference text,
    lines jsonb not null default '[]',
    allocated numeric not null,
    unallocated numeric not null,
    order_ids uuid[] not null default '{}',
    contract_ids uuid[] not null default '{}',
    plan_ids uuid[] not null default '{}',
    invoice_ids uuid[] not null default '{}',
    reversed_on date,
    reversal_reason text,
    notes text
);
create index payments_newest on payments (updated_at desc, id desc) where deleted_at is null;
create index payments_owner on payments (owner_id, updated_at desc, id desc);
create index payments_department on payments (department_id, updated_at desc, id desc);
create index payments_by_title on payments (title_sort, id) where deleted_at is null;
create index payments_by_creation on payments (created_at desc, id desc) where deleted_at is null;
create index payments_customer on payments (customer_id, updated_at desc, id desc);
create index payments_by_day on payments (customer_id, paid_on) where deleted_at is null and status <> 'draft';
create index payments_orders on payments using gin (order_ids);
create index payments_contracts on payments using gin (contract_ids);
create index payments_plans on payments using gin (plan_ids);
create index payments_invoices on payments using gin (invoice_ids);
create unique index payments_number_taken on payments (number);

create table payment_lines (
    id uuid primary key,
    payment_id uuid not null references payments on delete cascade,
    position bigint not null,
    order_id uuid constraint payment_lines_order_exists references orders,
    contract_id uuid constraint payment_lines_contract_exists references contracts,
    plan_id uuid constraint payment_lines_plan_exists references payment_plans,
    invoice_id uuid constraint payment_lines_invoice_exists references invoices,
    amount numeric not null,
    note text
);
create index payment_lines_payment on payment_lines (payment_id, position);
create index payment_lines_order on payment_lines (order_id);
create index payment_lines_contract on payment_lines (contract_id);
create index payment_lines_plan on payment_lines (plan_id);
create index payment_lines_invoice on payment_lines (invoice_id);

call spread_lines_of('payments', 'payment_lines', 'payment_id');
call log_changes_of('payments', 'payments');

insert into number_rules (id, title_sort, name, resource, pattern, begin_at)
values (gen_random_uuid(), 'shoukuandanbianhao', '收款单编号', 'payments', 'RC-{year}-{6}', 1);

-- What has come in for orders and contracts. Of those that are there nothing has; their log has nothing to tell.
alter table orders add column received numeric not null default 0, add column open numeric not null default 0;
alter table contracts add column received numeric not null default 0, add column open numeric;
set local zhiyin.resealing = 'on';
update orders set open = amount;
update contracts set open = amount;
set local zhiyin.resealing = 'off';
