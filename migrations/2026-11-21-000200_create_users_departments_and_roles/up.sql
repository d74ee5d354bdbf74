-- The people who use the house, the tree they work in, and what their roles let them do.
create table departments (
    id uuid primary key,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    updated_at timestamptz not null default now(),
    updated_by uuid,
    deleted_at timestamptz,
    owner_id uuid,
    department_id uuid,
    external_ids jsonb not null default '{}',
    custom jsonb not null default '{}',
    name text not null,
    name_sort text not null,
    parent_id uuid constraint departments_parent_exists references departments,
    constraint departments_not_own_parent check (parent_id <> id)
);

create table users (
    id uuid primary key,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    updated_at timestamptz not null default now(),
    updated_by uuid,
    deleted_at timestamptz,
    owner_id uuid,
    department_id uuid constraint users_department_exists references departments,
    external_ids jsonb not null default '{}',
    custom jsonb not null default '{}',
    name text not null,
    name_sort text not null,
    username text not null,
    email text,
    title text,
    status text not null check (status in ('active', 'disabled')),
    locale text not null check (locale in ('zh-CN', 'en'))
);

alter table departments add constraint departments_owner_exists foreign key (owner_id) references users;
alter table departments add constraint departments_department_exists foreign key (department_id) references departments;
alter table users add constraint users_owner_exists foreign key (owner_id) references users;

create unique index departments_name_taken on departments (coalesce(parent_id, '00000000-0000-0000-0000-000000000000'), name)
    where deleted_at is null;
create index departments_parent on departments (parent_id);
create index departments_owner on departments (owner_id);
create index departments_department on departments (department_id);
create index departments_newest on departments (updated_at desc, id desc);
create unique index users_username_taken on users (username) where deleted_at is null;
create index users_owner on users (owner_id);
create index users_department on users (department_id);
create index users_newest on users (updated_at desc, id desc);
create index users_by_name on users (name_sort, id);

create table roles (
    id uuid primary key,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    updated_at timestamptz not null default now(),
    updated_by uuid,
    deleted_at timestamptz,
    owner_id uuid constraint roles_owner_exists references users,
    department_id uuid constraint roles_department_exists references departments,
    external_ids jsonb not null default '{}',
    custom jsonb not null default '{}',
    name text not null,
    name_sort text not null,
    description text,
    personal text not null check (personal in ('none', 'masked', 'read', 'write')),
    -- The key of a shipped role; such a role may be changed, but the administrator's not be emptied.
    shipped_key text unique
);

create unique index roles_name_taken on roles (name) where deleted_at is null;
create index roles_owner on roles (owner_id);
create index roles_department on roles (department_id);

create table user_roles (
    user_id uuid not null references users,
    role_id uuid not null references roles,
    primary key (user_id, role_id)
);
create index user_roles_role on user_roles (role_id);

create table role_grants (
    role_id uuid not null references roles,
    resource text not null,
    action text not null,
    scope text not null check (scope in ('own', 'team', 'department', 'all')),
    primary key (role_id, resource, action)
);

create table role_fields (
    role_id uuid not null references roles,
    resource text not null,
    field text not null,
    "right" text not null check ("right" in ('none', 'masked', 'read', 'write')),
    primary key (role_id, resource, field)
);

call log_changes_of('departments', 'departments');
call log_changes_of('users', 'users');
call log_changes_of('roles', 'roles');
call log_parts_of('user_roles', 'users', 'user_id', 'roles');
call log_parts_of('role_grants', 'roles', 'role_id', 'grants');
call log_parts_of('role_fields', 'roles', 'role_id', 'fields');
