-- Who holds a session and what they may do: all that a request needs to know of its caller, in one round trip.
with recursive below as (
    select departments.id
    from sessions
    join users on users.id = sessions.user_id
    join departments on departments.id = users.department_id
    where sessions.id = $1 and departments.deleted_at is null
    union
    select departments.id
    from departments
    join below on departments.parent_id = below.id
    where departments.deleted_at is null
)
select
    users.id as user_id,
    users.department_id,
    sessions.last_seen_at,
    sessions.expires_at,
    now() as now,
    coalesce((select temporary from credentials where credentials.user_id = users.id), false) as temporary,
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
        where user_roles.user_id = users.id and roles.deleted_at is null
    ), '[]') as roles,
    coalesce((select jsonb_object_agg(key, value) from settings where key not in ('lineage', 'place')), '{}') as settings
from sessions
join users on users.id = sessions.user_id
where sessions.id = $1 and sessions.ended_at is null and users.deleted_at is null and users.status = 'active'
