drop index departments_name_taken;
create unique index departments_name_taken on departments (coalesce(parent_id, '00000000-0000-0000-0000-000000000000'), name)
    where deleted_at is null;
drop index roles_name_taken;
create unique index roles_name_taken on roles (name) where deleted_at is null;
drop index customer_types_name_taken;
create unique index customer_types_name_taken on customer_types (name) where deleted_at is null;

drop index users_email_taken;
drop index customers_credit_code_taken;
create index customers_credit_code on customers (credit_code) where credit_code is not null;

drop function folded;
