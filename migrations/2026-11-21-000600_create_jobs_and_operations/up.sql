-- Work that is not answered at once, and the bulk actions that can be taken back.
create table jobs (
    id uuid primary key,
    kind text not null,
    payload jsonb not null,
    state text not null default 'queued' check (state in ('queued', 'running', 'paused', 'succeeded', 'failed', 'cancelled')),
    priority smallint not null default 0,
    run_at timestamptz not null default now(),
    attempts smallint not null default 0,
    max_attempts smallint not null default 5,
    lease_until timestamptz,
    leased_by text,
    -- Where a run that was cut off goes on.
    checkpoint jsonb not null default '{}',
    total bigint,
    done bigint not null default 0,
    failed bigint not null default 0,
    resumed_count integer not null default 0,
    cancel_requested boolean not null default false,
    error text,
    -- At most one waiting job of a kind with this key.
    unique_key text,
    user_id uuid references users,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    finished_at timestamptz
) with (autovacuum_vacuum_scale_factor = 0.02);
create index jobs_ready on jobs (priority desc, run_at, id) where state = 'queued';
create index jobs_leased on jobs (lease_until) where state = 'running';
create unique index jobs_unique_key on jobs (kind, unique_key) where unique_key is not null and state in ('queued', 'running');
create index jobs_user on jobs (user_id, created_at desc);

create table schedules (
    kind text primary key,
    every_seconds integer not null check (every_seconds > 0),
    next_at timestamptz not null,
    payload jsonb not null default '{}'
);

create table operations (
    id uuid primary key,
    kind text not null check (kind in ('delete', 'edit', 'import', 'undo')),
    resource text not null,
    state text not null check (state in ('running', 'done', 'failed', 'undone')),
    -- What was asked for: a selection or filter, the values to set, the mapping of a file.
    request jsonb not null,
    total bigint not null default 0,
    changed bigint not null default 0,
    unchanged bigint not null default 0,
    failed bigint not null default 0,
    user_id uuid references users,
    job_id uuid references jobs,
    -- The operation that this one takes back.
    undo_of uuid unique references operations,
    created_at timestamptz not null default now(),
    finished_at timestamptz
);
create index operations_user on operations (user_id, created_at desc);
create index operations_job on operations (job_id);

-- One line per row that was not simply changed: why it failed, or why an undo left it alone.
create table operation_rows (
    operation_id uuid not null references operations on delete cascade,
    row_number bigint not null,
    record_id uuid,
    outcome text not null check (outcome in ('created', 'updated', 'unchanged', 'deleted', 'failed', 'skipped')),
    faults jsonb not null default '[]',
    primary key (operation_id, row_number)
);

create table uploads (
    id uuid primary key,
    user_id uuid not null references users,
    name text not null,
    -- Encrypted: an import file holds personal values.
    content bytea not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null
);
create index uploads_user on uploads (user_id);
create index uploads_age on uploads (expires_at);
