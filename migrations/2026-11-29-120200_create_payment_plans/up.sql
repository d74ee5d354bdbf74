-- Payment plans: when customers pay what.
create table payment_plans (
    id uuid primary key,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    updated_at timestamptz not null default now(),
    updated_by uuid,
    deleted_at timestamptz,
    owner_id uuid constraint payment_plans_owner_exists references users,
    department_id uuid constraint payment_plans_department_exists references departments,
    external_ids jsonb not null default '{}',
    custom jsonb not null default '{}',
    seals jsonb not null default '{}',
    title_sort text not null,
    number text not null,
    customer_id uuid not null constraint payment_plans_customer_exists references customers,
    order_id uuid constraint payment_plans_order_exists references orders,
    contract_id uuid constraint payment_plans_contract_exists references contracts,
    status text not null check (status in ('active', 'cancelled')),
    currency text not null check (currency in ('CNY', 'USD', 'EUR', 'HKD', 'JPY', 'GBP', 'KRW', 'SGD', 'TWD', 'AUD')),
    lines jsonb not null default '[]',
    amount numeric not null,
    received numeric not null,
    open numeric not null,
    next_due_on date,
    notes text
);
create index payment_plans_newest on payment_plans (updated_at desc, id desc) where deleted_at is null;
create index payment_plans_owner on payment_plans (owner_id, updated_at desc, id desc);
create index payment_plans_department on payment_plans (department_id, updated_at desc, id desc);
create index payment_plans_by_title on payment_plans (title_sort, id) where deleted_at is null;
create index payment_plans_by_creation on payment_plans (created_at desc, id desc) where deleted_at is null;
create index payment_plans_customer on payment_plans (customer_id, updated_at desc, id desc);
create index payment_plans_order on payment_plans (order_id);
create index payment_plans_contract on payment_plans (contract_id);
create index payment_plans_due on payment_plans (next_due_on, id)
    where deleted_at is null and status = 'active' and next_due_on is not null;
create unique index payment_plans_number_taken on payment_plans (number);

create table payment_plan_lines (
    id uuid primary key,
    payment_plan_id uuid not null references payment_plans on delete cascade,
    position bigint not null,
    due_on date not null,
    amount numeric not null,
    note text,
    received numeric not null,
    open numeric not null
);
create index payment_plan_lines_plan on payment_plan_lines (payment_plan_id, position);

call spread_lines_of('payment_plans', 'payment_plan_lines', 'payment_plan_id');
call log_changes_of('payment_plans', 'payment-plans');

insert into number_rules (id, title_sort, name, resource, pattern, begin_at)
values (gen_random_uuid(), 'huikuanjihuabianhao', '回款计划编号', 'payment-plans', 'PP-{year}-{6}', 1);

-- Whoever owns a plan is told once of each instalment that is not there in time.
alter table notifications drop constraint notifications_reason_check;
alter table notifications add constraint notifications_reason_check
    check (reason in ('mention', 'reminder', 'followed', 'overdue')) not valid;
alter table notifications validate constraint notifications_reason_check;
