-- Orders: what customers have bought.
create table orders (
    id uuid primary key,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    updated_at timestamptz not null default now(),
    updated_by uuid,
    deleted_at timestamptz,
    owner_id uuid constraint orders_owner_exists references users,
    department_id uuid constraint orders_department_exists references departments,
    external_ids jsonb not null default '{}',
    custom jsonb not null default '{}',
    seals jsonb not null default '{}',
    title_sort text not null,
    number text not null,
    customer_id uuid not null constraint orders_customer_exists references customers,
    contact_id uuid constraint orders_contact_exists references contacts,
    opportunity_id uuid constraint orders_opportunity_exists references opportunities,
    quote_id uuid constraint orders_quote_exists references quotes,
    status text not null check (status in ('draft', 'confirmed', 'on_hold', 'closed', 'cancelled')),
    ordered_on date,
    deliver_on date,
    address text,
    currency text not null check (currency in ('CNY', 'USD', 'EUR', 'HKD', 'JPY', 'GBP', 'KRW', 'SGD', 'TWD', 'AUD')),
    prices_include_tax boolean not null,
    lines jsonb not null default '[]',
    net numeric not null,
    tax numeric not null,
    amount numeric not null,
    cancel_reason text,
    notes text
);
create index orders_newest on orders (updated_at desc, id desc) where deleted_at is null;
create index orders_owner on orders (owner_id, updated_at desc, id desc);
create index orders_department on orders (department_id, updated_at desc, id desc);
create index orders_by_title on orders (title_sort, id) where deleted_at is null;
create index orders_by_creation on orders (created_at desc, id desc) where deleted_at is null;
create index orders_customer on orders (customer_id, updated_at desc, id desc);
create index orders_contact on orders (contact_id);
create index orders_opportunity on orders (opportunity_id);
create index orders_quote on orders (quote_id);
create index orders_by_day on orders (ordered_on, id) where deleted_at is null and ordered_on is not null;
create unique index orders_number_taken on orders (number);

create table order_lines (
    id uuid primary key,
    order_id uuid not null references orders on delete cascade,
    position bigint not null,
    product_id uuid not null constraint order_lines_product_exists references products,
    description text,
    quantity numeric not null,
    unit text,
    price numeric not null,
    discount numeric,
    tax_rate numeric,
    net numeric not null,
    tax numeric not null
);
create index order_lines_order on order_lines (order_id, position);
create index order_lines_product on order_lines (product_id);

call spread_lines_of('orders', 'order_lines', 'order_id');
call log_changes_of('orders', 'orders');

insert into number_rules (id, title_sort, name, resource, pattern, begin_at)
values (gen_random_uuid(), 'dingdanbianhao', '订单编号', 'orders', 'SO-{year}-{6}', 1);
