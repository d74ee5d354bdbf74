-- What somebody may do, by their id or by the name they sign in with.
with recursive person as (
    select id, department_id from users
    where (id = $1 or username = $2) and deleted_at is null and status = 'active'
), below as (
    select departments.id
    from person join departments on departments.id = person.department_id
    where departments.deleted_at is null
    union
    select departments.id
    from departments join below on departments.parent_id = below.id
    where departments.deleted_at is null
)
select
    person.id as user_id,
    person.department_id,
    now() as now,
    array(select id from below) as departments,
    coalesce((
        select jsonb_agg(jsonb_build_object(
            'personal', roles.personal,
            'grants', coalesce((
                select jsonb_agg(jsonb_build_object('resource', resource, 'action', action, 'scope', scope))
                from role_grants where role_grants.role_id = roles.id
            ), '[]'),
            'fields', coalesce((
                select jsonb_agg(jsonb_build_object('resource', resource, 'field', field, 'right', "right"))
                from role_fields where role_fields.role_id = roles.id
            ), '[]')
        ))
        from user_roles
        join roles on roles.id = user_roles.role_id
        where user_roles.user_id = person.id and roles.deleted_at is null
    ), '[]') as roles,
    coalesce((select jsonb_object_agg(key, value) from settings where key not in ('lineage', 'place')), '{}') as settings
from person
