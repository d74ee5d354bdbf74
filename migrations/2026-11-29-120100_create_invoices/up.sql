-- Invoices: what customers are billed.
create table invoices (
    id uuid primary key,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    updated_at timestamptz not null default now(),
    updated_by uuid,
    deleted_at timestamptz,
    owner_id uuid constraint invoices_owner_exists references users,
    department_id uuid constraint invoices_department_exists references departments,
    external_ids jsonb not null default '{}',
    custom jsonb not null default '{}',
    seals jsonb not null default '{}',
    title_sort text not null,
    number text not null,
    customer_id uuid not null constraint invoices_customer_exists references customers,
    order_id uuid constraint invoices_order_exists references orders,
    contract_id uuid constraint invoices_contract_exists references contracts,
    kind text not null check (kind in ('special', 'ordinary', 'electronic_special', 'electronic_ordinary')),
    status text not null check (status in ('draft', 'issued', 'corrected', 'cancelled')),
    tax_number text,
    issued_on date,
    due_on date,
    title text,
    tax_id text,
    bank text,
    bank_account text,
    address text,
    phone text,
    currency text not null check (currency in ('CNY', 'USD', 'EUR', 'HKD', 'JPY', 'GBP', 'KRW', 'SGD', 'TWD', 'AUD')),
    prices_include_tax boolean not null,
    lines jsonb not null default '[]',
    net numeric not null,
    tax numeric not null,
    amount numeric not null,
    received numeric not null,
    open numeric not null,
    corrects_id uuid constraint invoices_corrects_exists references invoices,
    notes text,
    check (status not in ('issued', 'corrected') or issued_on is not null)
);
create index invoices_newest on invoices (updated_at desc, id desc) where deleted_at is null;
create index invoices_owner on invoices (owner_id, updated_at desc, id desc);
create index invoices_department on invoices (department_id, updated_at desc, id desc);
create index invoices_by_title on invoices (title_sort, id) where deleted_at is null;
create index invoices_by_creation on invoices (created_at desc, id desc) where deleted_at is null;
create index invoices_customer on invoices (customer_id, updated_at desc, id desc);
create index invoices_order on invoices (order_id);
create index invoices_contract on invoices (contract_id);
create index invoices_corrects on invoices (corrects_id);
create index invoices_by_day on invoices (customer_id, issued_on)
    where deleted_at is null and status in ('issued', 'corrected');
create unique index invoices_number_taken on invoices (number);
-- An invoice is negated once.
create unique index invoices_corrected_once on invoices (corrects_id) where deleted_at is null and status = 'issued';

create table invoice_lines (
    id uuid primary key,
    invoice_id uuid not null references invoices on delete cascade,
    position bigint not null,
    product_id uuid not null constraint invoice_lines_product_exists references products,
    description text,
    quantity numeric not null,
    unit text,
    price numeric not null,
    discount numeric,
    tax_rate numeric,
    net numeric not null,
    tax numeric not null
);
create index invoice_lines_invoice on invoice_lines (invoice_id, position);
create index invoice_lines_product on invoice_lines (product_id);

call spread_lines_of('invoices', 'invoice_lines', 'invoice_id');
call log_changes_of('invoices', 'invoices');

insert into number_rules (id, title_sort, name, resource, pattern, begin_at)
values (gen_random_uuid(), 'fapiaobianhao', '发票编号', 'invoices', 'IV-{year}-{6}', 1);
