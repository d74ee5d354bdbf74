-- Opportunities, and the pipelines with their stages through which they go.
create table pipelines (
    id uuid primary key,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    updated_at timestamptz not null default now(),
    updated_by uuid,
    deleted_at timestamptz,
    owner_id uuid constraint pipelines_owner_exists references users,
    department_id uuid constraint pipelines_department_exists references departments,
    external_ids jsonb not null default '{}',
    custom jsonb not null default '{}',
    seals jsonb not null default '{}',
    title_sort text not null,
    name text not null,
    description text
);
create index pipelines_owner on pipelines (owner_id);
create index pipelines_department on pipelines (department_id);
create unique index pipelines_name_taken on pipelines (folded(name)) where deleted_at is null;

create table stages (
    id uuid primary key,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    updated_at timestamptz not null default now(),
    updated_by uuid,
    deleted_at timestamptz,
    owner_id uuid constraint stages_owner_exists references users,
    department_id uuid constraint stages_department_exists references departments,
    external_ids jsonb not null default '{}',
    custom jsonb not null default '{}',
    seals jsonb not null default '{}',
    title_sort text not null,
    name text not null,
    pipeline_id uuid not null constraint stages_pipeline_exists references pipelines,
    position bigint not null,
    probability bigint not null check (probability between 0 and 100),
    stale_after bigint
);
create index stages_owner on stages (owner_id);
create index stages_department on stages (department_id);
create index stages_pipeline on stages (pipeline_id, position);
create unique index stages_name_taken on stages (pipeline_id, folded(name)) where deleted_at is null;

create table opportunities (
    id uuid primary key,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    updated_at timestamptz not null default now(),
    updated_by uuid,
    deleted_at timestamptz,
    owner_id uuid constraint opportunities_owner_exists references users,
    department_id uuid constraint opportunities_department_exists references departments,
    external_ids jsonb not null default '{}',
    custom jsonb not null default '{}',
    seals jsonb not null default '{}',
    title_sort text not null,
    name text not null,
    customer_id uuid not null constraint opportunities_customer_exists references customers,
    amount numeric,
    currency text not null check (currency in ('CNY', 'USD', 'EUR', 'HKD', 'JPY', 'GBP', 'KRW', 'SGD', 'TWD', 'AUD')),
    stage_id uuid constraint opportunities_stage_exists references stages,
    stage_since timestamptz,
    probability bigint check (probability between 0 and 100),
    status text not null check (status in ('open', 'won', 'lost')),
    close_on date,
    kind text check (kind in ('new_business', 'expansion', 'renewal', 'other')),
    source text check (source in ('referral', 'exhibition', 'website', 'advertisement', 'social_media', 'cold_call', 'partner', 'other')),
    loss_reason text check (loss_reason in ('price', 'competitor', 'product', 'no_budget', 'no_decision', 'timing', 'other')),
    loss_note text,
    closed_at timestamptz,
    notes text
);
create index opportunities_newest on opportunities (updated_at desc, id desc) where deleted_at is null;
create index opportunities_owner on opportunities (owner_id, updated_at desc, id desc);
create index opportunities_department on opportunities (department_id, updated_at desc, id desc);
create index opportunities_customer on opportunities (customer_id, updated_at desc, id desc);
create index opportunities_by_title on opportunities (title_sort, id) where deleted_at is null;
create index opportunities_by_creation on opportunities (created_at desc, id desc) where deleted_at is null;
create index opportunities_by_close on opportunities (close_on, id) where deleted_at is null and close_on is not null;
-- A column of the board, newest first.
create index opportunities_stage on opportunities (stage_id, status, updated_at desc, id desc);

call log_changes_of('pipelines', 'pipelines');
call log_changes_of('stages', 'stages');
call log_changes_of('opportunities', 'opportunities');
