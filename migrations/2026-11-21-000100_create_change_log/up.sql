-- Every committed write of a business table leaves rows here; statement-level triggers write them.
create table changes (
    sequence bigint generated always as identity,
    at timestamptz not null default transaction_timestamp(),
    transaction_id xid8 not null default pg_current_xact_id(),
    resource text not null,
    record_id uuid not null,
    version bigint not null,
    -- A reveal changes nothing, but who looked at a masked value and why belongs to the same trail.
    operation text not null check (operation in ('create', 'update', 'delete', 'restore', 'purge', 'reveal')),
    -- For a create the record's values, otherwise field -> [old, new]. Personal values are ciphertext here too.
    changed jsonb not null,
    actor_id uuid,
    request_id text,
    operation_id uuid,
    reason text,
    primary key (at, sequence)
) partition by range (at);

create index changes_record on changes (resource, record_id, sequence);
create index changes_tail on changes (transaction_id, sequence);
create index changes_operation on changes (operation_id, sequence) where operation_id is not null;

create index changes_reveals on changes (actor_id, at) where operation = 'reveal';

create table changes_default partition of changes default;

-- Makes the month's partition and the next one's, unless they are there. Rows that came before theirs lie in the default.
create function ensure_change_partitions(today date) returns void language plpgsql as $$
declare
    month date;
    partition text;
begin
    foreach month in array array[date_trunc('month', today)::date, (date_trunc('month', today) + interval '1 month')::date] loop
        partition := 'changes_' || to_char(month, 'YYYY_MM');
        if to_regclass(partition) is null then
            execute format(
                'create table %I partition of changes for values from (%L) to (%L)',
                partition, month, (month + interval '1 month')::date
            );
        end if;
    end loop;
end
$$;

select ensure_change_partitions(current_date);

create function change_actor() returns uuid language sql stable as
$$ select nullif(current_setting('zhiyin.actor', true), '')::uuid $$;

create function change_request() returns text language sql stable as
$$ select nullif(current_setting('zhiyin.request', true), '') $$;

create function change_operation() returns uuid language sql stable as
$$ select nullif(current_setting('zhiyin.operation', true), '')::uuid $$;

create function change_reason() returns text language sql stable as
$$ select nullif(current_setting('zhiyin.reason', true), '') $$;

-- What the log does not repeat: it has columns of its own for some, and the others follow from the rest of the row.
create function is_logged(column_name text) returns boolean language sql immutable as
$$ select column_name not in ('version', 'updated_at', 'updated_by') and column_name not like '%\_sort' $$;

create function log_inserts() returns trigger language plpgsql as $$
begin
    insert into changes (resource, record_id, version, operation, changed, actor_id, request_id, operation_id, reason)
    select tg_argv[0], n.id, n.version, 'create', to_jsonb(n) - array['version', 'updated_at', 'updated_by', 'name_sort'],
           change_actor(), change_request(), change_operation(), change_reason()
    from new_rows n;
    return null;
end
$$;

create function log_updates() returns trigger language plpgsql as $$
begin
    insert into changes (resource, record_id, version, operation, changed, actor_id, request_id, operation_id, reason)
    select tg_argv[0], n.id, n.version,
           case when o.deleted_at is null and n.deleted_at is not null then 'delete'
                when o.deleted_at is not null and n.deleted_at is null then 'restore'
                else 'update' end,
           difference.changed, change_actor(), change_request(), change_operation(), change_reason()
    from new_rows n
    join old_rows o using (id)
    cross join lateral (
        select coalesce(jsonb_object_agg(key, jsonb_build_array(before.value, after.value)), '{}') as changed
        from jsonb_each(to_jsonb(o)) before
        join jsonb_each(to_jsonb(n)) after using (key)
        where before.value is distinct from after.value and is_logged(key)
    ) difference;
    return null;
end
$$;

create function log_purges() returns trigger language plpgsql as $$
begin
    insert into changes (resource, record_id, version, operation, changed, actor_id, request_id, operation_id, reason)
    select tg_argv[0], o.id, o.version, 'purge', '{}', change_actor(), change_request(), change_operation(), change_reason()
    from old_rows o;
    return null;
end
$$;

-- Rows of a table that is part of a record, such as a role's grants: arguments are resource, column of its id, field.
create function log_parts() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        insert into changes (resource, record_id, version, operation, changed, actor_id, request_id, operation_id, reason)
        select tg_argv[0], (to_jsonb(n) ->> tg_argv[1])::uuid, 0, 'update',
               jsonb_build_object(tg_argv[2], jsonb_build_array(null, to_jsonb(n) - tg_argv[1])),
               change_actor(), change_request(), change_operation(), change_reason()
        from new_rows n;
    else
        insert into changes (resource, record_id, version, operation, changed, actor_id, request_id, operation_id, reason)
        select tg_argv[0], (to_jsonb(o) ->> tg_argv[1])::uuid, 0, 'update',
               jsonb_build_object(tg_argv[2], jsonb_build_array(to_jsonb(o) - tg_argv[1], null)),
               change_actor(), change_request(), change_operation(), change_reason()
        from old_rows o;
    end if;
    return null;
end
$$;

-- Puts a business table under the log.
create procedure log_changes_of(table_name regclass, resource text) language plpgsql as $$
begin
    execute format('create trigger log_inserts after insert on %s referencing new table as new_rows
                    for each statement execute function log_inserts(%L)', table_name, resource);
    execute format('create trigger log_updates after update on %s referencing old table as old_rows new table as new_rows
                    for each statement execute function log_updates(%L)', table_name, resource);
    execute format('create trigger log_purges after delete on %s referencing old table as old_rows
                    for each statement execute function log_purges(%L)', table_name, resource);
end
$$;

create procedure log_parts_of(table_name regclass, resource text, id_column text, field text) language plpgsql as $$
begin
    execute format('create trigger log_part_inserts after insert on %s referencing new table as new_rows
                    for each statement execute function log_parts(%L, %L, %L)', table_name, resource, id_column, field);
    execute format('create trigger log_part_deletes after delete on %s referencing old table as old_rows
                    for each statement execute function log_parts(%L, %L, %L)', table_name, resource, id_column, field);
end
$$;
