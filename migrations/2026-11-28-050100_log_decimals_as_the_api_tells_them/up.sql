-- The log holds decimals as texts, as records do on the wire: JSON numbers would lose digits in the hands of most readers.
create function decimal_columns(of_table oid) returns text[] language sql stable as
$$ select array_agg(attname::text) from pg_attribute
   where attrelid = of_table and atttypid = 'numeric'::regtype and not attisdropped $$;

create function with_decimals_as_texts(values_by_column jsonb, decimals text[]) returns jsonb language sql immutable as
$$ select case when decimals is null then values_by_column else values_by_column || coalesce(
       (select jsonb_object_agg(key, value #>> '{}') from jsonb_each(values_by_column)
        where key = any(decimals) and jsonb_typeof(value) = 'number'), '{}') end $$;

create or replace function log_inserts() returns trigger language plpgsql as $$
declare
    decimals constant text[] := decimal_columns(tg_relid);
begin
    insert into changes (resource, record_id, version, operation, changed, actor_id, request_id, operation_id, reason)
    select tg_argv[0], n.id, n.version, 'create',
           with_decimals_as_texts(to_jsonb(n) - array['version', 'updated_at', 'updated_by', 'name_sort'], decimals),
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
        join jsonb_each(with_decimals_as_texts(to_jsonb(n), decimals)) after using (key)
        where before.value is distinct from after.value and is_logged(key)
    ) difference
    where not (resealing and n.version = o.version);
    return null;
end
$$;
