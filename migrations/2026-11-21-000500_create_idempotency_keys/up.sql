-- The stored answers of requests that may be repeated, kept seven days.
create table idempotency_keys (
    caller_id uuid not null,
    method text not null,
    path text not null,
    key text not null,
    fingerprint bytea not null,
    created_at timestamptz not null default now(),
    status smallint not null,
    location text,
    etag text,
    -- Null for an empty body. Kept encrypted, because answers hold personal values.
    body text,
    -- The record the answer speaks of, whose visibility is asked again before a replay.
    resource text,
    record_id uuid,
    primary key (caller_id, key, method, path)
);
create index idempotency_keys_age on idempotency_keys (created_at);
