-- Leads: who may become a customer.
create table leads (
    id uuid primary key,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    updated_at timestamptz not null default now(),
    updated_by uuid,
    deleted_at timestamptz,
    owner_id uuid constraint leads_owner_exists references users,
    department_id uuid constraint leads_department_exists references departments,
    external_ids jsonb not null default '{}',
    custom jsonb not null default '{}',
    seals jsonb not null default '{}',
    title_sort text not null,
    name text not null,
    company text,
    title text,
    phones text[] not null default '{}',
    emails text[] not null default '{}',
    status text not null check (status in ('new', 'contacted', 'qualified', 'converted', 'disqualified')),
    source text check (source in ('referral', 'exhibition', 'website', 'advertisement', 'social_media', 'cold_call', 'partner', 'other')),
    industry text check (industry in ('agriculture', 'mining', 'manufacturing', 'utilities', 'construction', 'trade', 'transport', 'hospitality', 'information', 'finance', 'real_estate', 'business', 'research', 'environment', 'household', 'education', 'health', 'culture', 'public', 'international')),
    region text,
    city text,
    address text,
    notes text,
    disqualify_reason text check (disqualify_reason in ('unreachable', 'no_need', 'no_budget', 'duplicate', 'competitor', 'other')),
    customer_id uuid constraint leads_customer_exists references customers,
    contact_id uuid constraint leads_contact_exists references contacts,
    opportunity_id uuid constraint leads_opportunity_exists references opportunities,
    opportunity_name text,
    converted_at timestamptz
);
create index leads_newest on leads (updated_at desc, id desc) where deleted_at is null;
create index leads_owner on leads (owner_id, updated_at desc, id desc);
create index leads_department on leads (department_id, updated_at desc, id desc);
create index leads_by_title on leads (title_sort, id) where deleted_at is null;
create index leads_by_creation on leads (created_at desc, id desc) where deleted_at is null;
create index leads_customer on leads (customer_id);
create index leads_contact on leads (contact_id);
create index leads_opportunity on leads (opportunity_id);
create index leads_status on leads (status, updated_at desc, id desc);

call log_changes_of('leads', 'leads');
