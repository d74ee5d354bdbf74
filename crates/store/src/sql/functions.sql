-- The functions of the change log, as they are now. They are put in place after every migration, so that a change of one
-- is a change of this file and not a copy in another migration. A function that is new has to be made by a migration first,
-- whose `down.sql` drops it. What an index is made of (`folded`) does not belong here: it may not change under the index.

-- What the log does not repeat: it has columns of its own for some, and the others follow from the rest of the row.
create or replace function is_logged(column_name text) returns boolean language sql immutable as
$$ select column_name not in ('version', 'updated_at', 'updated_by') and column_name not like '%\_sort' $$;

-- The log holds decimals as texts, as records do on the wire: JSON numbers would lose digits in the hands of most readers.
create or replace function decimal_columns(of_table oid) returns text[] language sql stable as
$$ select array_agg(attname::text) from pg_attribute
   where attrelid = of_table and atttypid = 'numeric'::regtype and not attisdropped $$;

-- What administrators made stands beside the columns, by its own names.
create or replace function with_decimals_as_texts(values_by_column jsonb, decimals text[]) returns jsonb
language sql immutable as
$$ select case when decimals is null then flat.v else flat.v || coalesce(
       (select jsonb_object_agg(key, value #>> '{}') from jsonb_each(flat.v)
        where key = any(decimals) and jsonb_typeof(value) = 'number'), '{}') end
   from (select values_by_column - 'custom' || coalesce(values_by_column -> 'custom', '{}') as v) flat $$;

-- A value that is sealed anew with another key is the same value: its record keeps its version, and the log has nothing
-- to tell. Whoever changes a version changes more than seals, and is logged whatever the transaction says of itself.
create or replace function is_resealing() returns boolean language sql stable as
$$ select coalesce(current_setting('zhiyin.resealing', true), '') = 'on' $$;

create or replace function log_inserts() returns trigger language plpgsql as $$
declare
    decimals constant text[] := decimal_columns(tg_relid);
begin
    insert into changes (resource, record_id, version, operation, changed, actor_id, request_id, operation_id, reason)
    select tg_argv[0], n.id, n.version, 'create',
           with_decimals_as_texts(to_jsonb(n) - array['version', 'updated_at', 'updated_by', 'title_sort'], decimals),
           change_actor(), change_request(), change_operation(), change_reason()
    from new_rows n;
    return null;
end
$$;

create or replace function log_updates() returns trigger language plpgsql as $$
declare
    resealing constant boolean := is_resealing();
    decimals constant text[] := decimal_columns(tg_relid);
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
        from jsonb_each(with_decimals_as_texts(to_jsonb(o), decimals)) before
        full join jsonb_each(with_decimals_as_texts(to_jsonb(n), decimals)) after using (key)
        where before.value is distinct from after.value and is_logged(key)
    ) difference
    where not (resealing and n.version = o.version);
    return null;
end
$$;

create or replace function log_purges() returns trigger language plpgsql as $$
begin
    insert into changes (resource, record_id, version, operation, changed, actor_id, request_id, operation_id, reason)
    select tg_argv[0], o.id, o.version, 'purge', '{}', change_actor(), change_request(), change_operation(), change_reason()
    from old_rows o;
    return null;
end
$$;

-- Rows of a table that is part of a record, such as a role's grants: arguments are resource, column of its id, field.
create or replace function log_parts() returns trigger language plpgsql as $$
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

-- The lines of documents, which stand in their rows, in a table of their own: arguments are that table and its column of
-- the document's id. Lines that a statement did not touch stay as they are.
create or replace function spread_lines() returns trigger language plpgsql as $$
declare
    into_table constant text := tg_argv[0];
    document constant text := tg_argv[1];
begin
    if tg_op = 'UPDATE' then
        execute format(
            'delete from %s l using new_rows n, old_rows o
             where n.id = o.id and l.%I = n.id and n.lines is distinct from o.lines', into_table, document);
        execute format(
            'insert into %1$s select l.* from new_rows n join old_rows o on o.id = n.id and n.lines is distinct from o.lines
             cross join lateral jsonb_array_elements(n.lines) with ordinality e (line, position)
             cross join lateral jsonb_populate_record(
                 null::%1$s, e.line || jsonb_build_object(%2$L, n.id, ''position'', e.position)) l', into_table, document);
    else
        execute format(
            'insert into %1$s select l.* from new_rows n
             cross join lateral jsonb_array_elements(n.lines) with ordinality e (line, position)
             cross join lateral jsonb_populate_record(
                 null::%1$s, e.line || jsonb_build_object(%2$L, n.id, ''position'', e.position)) l', into_table, document);
    end if;
    return null;
end
$$;

-- The visits of stages follow from where opportunities stand: one begins when an open opportunity comes to a stage, and
-- ends when it goes on, is won or is lost.
create or replace function follow_stages() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        insert into stage_visits (opportunity_id, stage_id, entered_at, left_at, outcome)
        select n.id, n.stage_id, coalesce(n.stage_since, n.created_at),
               case when n.status <> 'open'
                    then greatest(coalesce(n.closed_at, n.created_at), coalesce(n.stage_since, n.created_at)) end,
               nullif(n.status, 'open')
        from new_rows n where n.stage_id is not null;
        return null;
    end if;
    update stage_visits v
    set left_at = greatest(n.updated_at, v.entered_at), outcome = case n.status when 'open' then 'moved' else n.status end
    from new_rows n join old_rows o using (id)
    where v.opportunity_id = n.id and v.left_at is null
      and (n.stage_id, n.status) is distinct from (o.stage_id, o.status);
    insert into stage_visits (opportunity_id, stage_id, entered_at)
    select n.id, n.stage_id, n.updated_at
    from new_rows n join old_rows o using (id)
    where n.status = 'open' and n.stage_id is not null
      and (n.stage_id, n.status) is distinct from (o.stage_id, o.status);
    return null;
end
$$;
