-- Secrets: wrapped keys, password hashes, sessions and one-time links. None of them goes into the change log.
create table data_keys (
    id text primary key,
    purpose text not null check (purpose in ('seal', 'blind', 'cursor', 'sign')),
    -- Encrypted under the root key, which is not in the database.
    wrapped text not null,
    created_at timestamptz not null default now(),
    retired_at timestamptz
);

create table credentials (
    user_id uuid primary key references users,
    password_hash text not null,
    changed_at timestamptz not null default now(),
    -- Set by an administrator; the owner chooses another at the next sign-in.
    temporary boolean not null default false
);

create table sessions (
    id uuid primary key,
    user_id uuid not null references users,
    created_at timestamptz not null,
    -- Moved by every refresh.
    last_seen_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz,
    end_reason text,
    address text not null,
    agent text not null
);
create index sessions_user on sessions (user_id, created_at desc);

-- The refresh tokens of a session, each used once; hashes only.
create table refresh_tokens (
    hash bytea primary key,
    session_id uuid not null references sessions on delete cascade,
    created_at timestamptz not null,
    used_at timestamptz
);
create index refresh_tokens_session on refresh_tokens (session_id);

create table setup_links (
    hash bytea primary key,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    used_at timestamptz
);

-- Failed sign-ins by account and by address, for throttling across all processes.
create table sign_in_failures (
    id bigint generated always as identity primary key,
    subject text not null,
    at timestamptz not null
);
create index sign_in_failures_subject on sign_in_failures (subject, at);

create table settings (
    key text primary key,
    value jsonb not null
);

-- Names this history of the database: a restore to an earlier time chooses another, so that no old ETag fits again.
insert into settings values ('lineage', to_jsonb(substr(md5(gen_random_uuid()::text), 1, 8)));
