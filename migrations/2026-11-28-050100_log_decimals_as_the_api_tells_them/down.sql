create or replace function log_inserts() returns trigger language plpgsql as $$
begin
    insert into changes (resource, record_id, version, operation, changed, actor_id, request_id, operation_id, reason)
    select tg_argv[0], n.id, n.version, 'create', to_jsonb(n) - array['version', 'updated_at', 'updated_by', 'name_sort'],
           change_actor(), change_request(), change_operation(), change_reason()
    from new_rows n;
    return null;
end
$$;

create or replace function log_updates() returns trigger language plpgsql as $$
declare
    resealing constant boolean := is_resealing();
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
    ) difference
    where not (resealing and n.version = o.version);
    return null;
end
$$;

drop function with_decimals_as_texts;
drop function decimal_columns;
