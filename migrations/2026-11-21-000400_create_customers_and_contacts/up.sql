-- Customers, their types, and the people in them. Personal values are ciphertext.
create table customer_types (
    id uuid primary key,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    updated_at timestamptz not null default now(),
    updated_by uuid,
    deleted_at timestamptz,
    owner_id uuid constraint customer_types_owner_exists references users,
    department_id uuid constraint customer_types_department_exists references departments,
    external_ids jsonb not null default '{}',
    custom jsonb not null default '{}',
    name text not null,
    name_sort text not null,
    description text
);
create unique index customer_types_name_taken on customer_types (name) where deleted_at is null;
create index customer_types_owner on customer_types (owner_id);
create index customer_types_department on customer_types (department_id);

create table customers (
    id uuid primary key,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    updated_at timestamptz not null default now(),
    updated_by uuid,
    deleted_at timestamptz,
    owner_id uuid constraint customers_owner_exists references users,
    department_id uuid constraint customers_department_exists references departments,
    external_ids jsonb not null default '{}',
    custom jsonb not null default '{}',
    name text not null,
    name_sort text not null,
    short_name text,
    kind text not null check (kind in ('company', 'person')),
    type_id uuid constraint customers_type_exists references customer_types,
    level text check (level in ('a', 'b', 'c', 'd')),
    status text not null check (status in ('potential', 'active', 'dormant', 'lost')),
    industry text check (industry in (
        'agriculture', 'mining', 'manufacturing', 'utilities', 'construction', 'trade', 'transport', 'hospitality', 'information', 'finance',
        'real_estate', 'business', 'research', 'environment', 'household', 'education', 'health', 'culture', 'public', 'international'
    )),
    source text check (source in ('referral', 'exhibition', 'website', 'advertisement', 'social_media', 'cold_call', 'partner', 'other')),
    credit_code text,
    phones text[] not null default '{}',
    emails text[] not null default '{}',
    fax text,
    id_number text,
    website text,
    country text,
    region text,
    city text,
    address text,
    postal_code text,
    parent_id uuid constraint customers_parent_exists references customers,
    next_contact_on date,
    notes text
);
create index customers_newest on customers (updated_at desc, id desc) where deleted_at is null;
create index customers_owner on customers (owner_id, updated_at desc, id desc) where deleted_at is null;
create index customers_owner_exists on customers (owner_id);
create index customers_department on customers (department_id, updated_at desc, id desc) where deleted_at is null;
create index customers_department_exists on customers (department_id);
create index customers_by_creation on customers (created_at desc, id desc) where deleted_at is null;
create index customers_by_name on customers (name_sort, id) where deleted_at is null;
create index customers_by_next_contact on customers (next_contact_on, id) where deleted_at is null and next_contact_on is not null;
create index customers_credit_code on customers (credit_code) where credit_code is not null;
create index customers_parent on customers (parent_id);
create index customers_type on customers (type_id);
create index customers_deleted on customers (deleted_at) where deleted_at is not null;

create table contacts (
    id uuid primary key,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    updated_at timestamptz not null default now(),
    updated_by uuid,
    deleted_at timestamptz,
    owner_id uuid constraint contacts_owner_exists references users,
    department_id uuid constraint contacts_department_exists references departments,
    external_ids jsonb not null default '{}',
    custom jsonb not null default '{}',
    customer_id uuid not null constraint contacts_customer_exists references customers,
    name text not null,
    name_sort text not null,
    title text,
    role text check (role in ('decision_maker', 'influencer', 'user', 'buyer', 'other')),
    is_primary boolean not null default false,
    phones text[] not null default '{}',
    emails text[] not null default '{}',
    wechat text,
    id_number text,
    birthday date,
    notes text
);
create index contacts_customer on contacts (customer_id, updated_at desc, id desc);
create unique index contacts_one_primary on contacts (customer_id) where is_primary and deleted_at is null;
create index contacts_newest on contacts (updated_at desc, id desc) where deleted_at is null;
create index contacts_owner on contacts (owner_id, updated_at desc, id desc);
create index contacts_department on contacts (department_id, updated_at desc, id desc);
create index contacts_by_name on contacts (name_sort, id) where deleted_at is null;

-- The names of records in other systems: unique per system, and how an upsert finds its record.
create table external_ids (
    resource text not null,
    system text not null,
    external_id text not null,
    record_id uuid not null,
    primary key (resource, system, external_id)
);
create index external_ids_record on external_ids (record_id);

-- What a search looks in: tokens of names as hashes, keyed digests of personal values. Written when these change.
create table search_index (
    record_id uuid primary key,
    resource text not null,
    body text not null,
    tokens int[] not null,
    digests uuid[] not null
);
create index search_index_tokens on search_index using gin (tokens) with (fastupdate = off);
create index search_index_digests on search_index using gin (digests) with (fastupdate = off);

call log_changes_of('customer_types', 'customer-types');
call log_changes_of('customers', 'customers');
call log_changes_of('contacts', 'contacts');
