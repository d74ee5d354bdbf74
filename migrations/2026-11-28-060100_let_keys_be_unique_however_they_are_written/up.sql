-- Keys of present records are unique however they are written.

-- The form in which names are compared: width, case, blanks and unseen characters do not count. The counterpart of
-- `domain::text::fold::key`.
create function folded(name text) returns text language sql immutable strict parallel safe as
$$ select lower(btrim(regexp_replace(
    regexp_replace(normalize(name, nfkc), '[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u2800\u3164\uFE00-\uFE0F\uFEFF\uFFA0]', '', 'g'),
    '\s+', ' ', 'g'))) $$;

-- Where records share a key already, the oldest keeps it. The others lose theirs, or get a name of their own; the log
-- tells what it was.
select set_config('zhiyin.reason', 'the key belongs to an older record', true);

update customers set credit_code = null, version = version + 1, updated_at = now()
from (
    select id, row_number() over (partition by credit_code order by created_at, id) as place
    from customers where deleted_at is null and credit_code is not null
) doubled
where doubled.id = customers.id and doubled.place > 1;

update users set email = null, version = version + 1, updated_at = now()
from (
    select id, row_number() over (partition by lower(email) order by created_at, id) as place
    from users where deleted_at is null and email is not null
) doubled
where doubled.id = users.id and doubled.place > 1;

update customer_types
set name = left(name, 49) || ' ' || right(customer_types.id::text, 10),
    name_sort = left(name_sort, 400) || ' ' || right(customer_types.id::text, 10), version = version + 1, updated_at = now()
from (
    select id, row_number() over (partition by folded(name) order by created_at, id) as place
    from customer_types where deleted_at is null
) doubled
where doubled.id = customer_types.id and doubled.place > 1;

update roles
set name = left(name, 49) || ' ' || right(roles.id::text, 10),
    name_sort = left(name_sort, 400) || ' ' || right(roles.id::text, 10), version = version + 1, updated_at = now()
from (
    select id, row_number() over (partition by folded(name) order by created_at, id) as place
    from roles where deleted_at is null
) doubled
where doubled.id = roles.id and doubled.place > 1;

update departments
set name = left(name, 69) || ' ' || right(departments.id::text, 10),
    name_sort = left(name_sort, 400) || ' ' || right(departments.id::text, 10), version = version + 1, updated_at = now()
from (
    select id, row_number() over (partition by parent_id, folded(name) order by created_at, id) as place
    from departments where deleted_at is null
) doubled
where doubled.id = departments.id and doubled.place > 1;

select set_config('zhiyin.reason', '', true);

drop index customers_credit_code;
create unique index customers_credit_code_taken on customers (credit_code) where credit_code is not null and deleted_at is null;
create unique index users_email_taken on users (lower(email)) where email is not null and deleted_at is null;

drop index customer_types_name_taken;
create unique index customer_types_name_taken on customer_types (folded(name)) where deleted_at is null;
drop index roles_name_taken;
create unique index roles_name_taken on roles (folded(name)) where deleted_at is null;
drop index departments_name_taken;
create unique index departments_name_taken
    on departments (coalesce(parent_id, '00000000-0000-0000-0000-000000000000'), folded(name)) where deleted_at is null;
