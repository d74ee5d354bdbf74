-- Each sealed value names the version of its record at which it was sealed, and the row says which that is: an earlier
-- value that is put back no longer opens. What does not open is noted, so that an administrator learns of it.
alter table contacts add column seals jsonb not null default '{}';
alter table customer_types add column seals jsonb not null default '{}';
alter table customers add column seals jsonb not null default '{}';
alter table departments add column seals jsonb not null default '{}';
alter table roles add column seals jsonb not null default '{}';
alter table users add column seals jsonb not null default '{}';

create table unreadable_values (
    place text not null,
    record_id uuid not null,
    field text not null,
    noticed_at timestamptz not null default now(),
    primary key (place, record_id, field)
);

-- What the log does not repeat: it has columns of its own for some, and the others follow from the rest of the row.
create or replace function is_logged(column_name text) returns boolean language sql immutable as
$$ select column_name not in ('version', 'updated_at', 'updated_by', 'seals') and column_name not like '%\_sort' $$;
