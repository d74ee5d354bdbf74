drop table role_fields;
drop table role_grants;
drop table user_roles;
drop table roles;
alter table departments drop constraint departments_owner_exists;
drop table users;
drop table departments;
