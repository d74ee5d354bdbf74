-- Quotes: what is offered to customers.
create table quotes (
    id uuid primary key,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    updated_at timestamptz not null default now(),
    updated_by uuid,
    deleted_at timestamptz,
    owner_id uuid constraint quotes_owner_exists references users,
    department_id uuid constraint quotes_department_exists references departments,
    external_ids jsonb not null default '{}',
    custom jsonb not null default '{}',
    seals jsonb not null default '{}',
    title_sort text not null,
    number text not null,
    customer_id uuid not null constraint quotes_customer_exists references customers,
    contact_id uuid constraint quotes_contact_exists references contacts,
    opportunity_id uuid constraint quotes_opportunity_exists references opportunities,
    status text not null check (status in ('draft', 'sent', 'accepted', 'declined', 'superseded', 'ordered')),
    valid_until date,
    currency text not null check (currency in ('CNY', 'USD', 'EUR', 'HKD', 'JPY', 'GBP', 'KRW', 'SGD', 'TWD', 'AUD')),
    prices_include_tax boolean not null,
    lines jsonb not null default '[]',
    net numeric not null,
    tax numeric not null,
    amount numeric not null,
    terms text,
    decline_reason text,
    sent_at timestamptz,
    decided_at timestamptz,
    revises_id uuid constraint quotes_revises_exists references quotes,
    notes text
);
create index quotes_newest on quotes (updated_at desc, id desc) where deleted_at is null;
create index quotes_owner on quotes (owner_id, updated_at desc, id desc);
create index quotes_department on quotes (department_id, updated_at desc, id desc);
create index quotes_by_title on quotes (title_sort, id) where deleted_at is null;
create index quotes_by_creation on quotes (created_at desc, id desc) where deleted_at is null;
create index quotes_customer on quotes (customer_id, updated_at desc, id desc);
create index quotes_contact on quotes (contact_id);
create index quotes_opportunity on quotes (opportunity_id);
create index quotes_revises on quotes (revises_id);
create unique index quotes_number_taken on quotes (number);

create table quote_lines (
    id uuid primary key,
    quote_id uuid not null references quotes on delete cascade,
    position bigint not null,
    product_id uuid not null constraint quote_lines_product_exists references products,
    description text,
    quantity numeric not null,
    unit text,
    price numeric not null,
    discount numeric,
    tax_rate numeric,
    net numeric not null,
    tax numeric not null
);
create index quote_lines_quote on quote_lines (quote_id, position);
create index quote_lines_product on quote_lines (product_id);

call spread_lines_of('quotes', 'quote_lines', 'quote_id');
call log_changes_of('quotes', 'quotes');

insert into number_rules (id, title_sort, name, resource, pattern, begin_at)
values (gen_random_uuid(), 'baojiadanbianhao', '报价单编号', 'quotes', 'QU-{year}-{6}', 1);
