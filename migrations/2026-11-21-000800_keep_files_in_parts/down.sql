drop table file_parts;
drop table files;

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
