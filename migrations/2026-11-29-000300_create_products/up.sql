-- Products and the categories by which they are sorted.
create table product_categories (
    id uuid primary key,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    updated_at timestamptz not null default now(),
    updated_by uuid,
    deleted_at timestamptz,
    owner_id uuid constraint product_categories_owner_exists references users,
    department_id uuid constraint product_categories_department_exists references departments,
    external_ids jsonb not null default '{}',
    custom jsonb not null default '{}',
    seals jsonb not null default '{}',
    title_sort text not null,
    name text not null,
    parent_id uuid constraint product_categories_parent_exists references product_categories
);
create index product_categories_owner on product_categories (owner_id);
create index product_categories_department on product_categories (department_id);
create index product_categories_parent on product_categories (parent_id);
create unique index product_categories_name_taken on product_categories (folded(name)) where deleted_at is null;

create table products (
    id uuid primary key,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    updated_at timestamptz not null default now(),
    updated_by uuid,
    deleted_at timestamptz,
    owner_id uuid constraint products_owner_exists references users,
    department_id uuid constraint products_department_exists references departments,
    external_ids jsonb not null default '{}',
    custom jsonb not null default '{}',
    seals jsonb not null default '{}',
    title_sort text not null,
    name text not null,
    code text,
    barcode text,
    category_id uuid constraint products_category_exists references product_categories,
    unit text,
    price numeric,
    currency text not null check (currency in ('CNY', 'USD', 'EUR', 'HKD', 'JPY', 'GBP', 'KRW', 'SGD', 'TWD', 'AUD')),
    tax_rate numeric,
    status text not null check (status in ('active', 'retired')),
    description text
);
create index products_owner on products (owner_id);
create index products_department on products (department_id);
create index products_category on products (category_id);
create index products_newest on products (updated_at desc, id desc) where deleted_at is null;
create index products_by_title on products (title_sort, id) where deleted_at is null;
create unique index products_code_taken on products (folded(code)) where code is not null and deleted_at is null;

call log_changes_of('product_categories', 'product-categories');
call log_changes_of('products', 'products');
