create or replace function is_logged(column_name text) returns boolean language sql immutable as
$$ select column_name not in ('version', 'updated_at', 'updated_by') and column_name not like '%\_sort' $$;

drop table unreadable_values;
alter table users drop column seals;
alter table roles drop column seals;
alter table departments drop column seals;
alter table customers drop column seals;
alter table customer_types drop column seals;
alter table contacts drop column seals;
