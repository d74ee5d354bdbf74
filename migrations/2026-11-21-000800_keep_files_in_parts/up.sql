-- Files that come in for an import or go out from an export lie in encrypted parts, so that none is ever in memory whole.
drop table uploads;

create table files (
    id uuid primary key,
    kind text not null check (kind in ('import', 'export')),
    user_id uuid not null references users,
    name text not null,
    media_type text not null,
    size bigint not null default 0,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    -- A file that goes out is fetched once.
    fetched_at timestamptz
);
create index files_user on files (user_id);
create index files_age on files (expires_at);

create table file_parts (
    file_id uuid not null references files on delete cascade,
    part integer not null,
    content bytea not null,
    primary key (file_id, part)
);
