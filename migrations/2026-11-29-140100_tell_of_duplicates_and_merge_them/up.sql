-- What it means that a record is like another, and where records went that were put together.
create table duplicate_rules (
    id uuid primary key,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    created_by uuid,
    updated_at timestamptz not null default now(),
    updated_by uuid,
    deleted_at timestamptz,
    owner_id uuid constraint duplicate_rules_owner_exists references users,
    department_id uuid constraint duplicate_rules_department_exists references departments,
    external_ids jsonb not null default '{}',
    custom jsonb not null default '{}',
    seals jsonb not null default '{}',
    title_sort text not null,
    name text not null,
    resource text not null,
    likeness text not null check (likeness in ('name', 'phone', 'email', 'id_number', 'credit_code')),
    among text not null,
    strength text not null check (strength in ('off', 'warn', 'refuse'))
);
create index duplicate_rules_owner on duplicate_rules (owner_id);
create index duplicate_rules_department on duplicate_rules (department_id);
create unique index duplicate_rules_one_each on duplicate_rules (resource, likeness, among) where deleted_at is null;

call log_changes_of('duplicate_rules', 'duplicate-rules');

insert into duplicate_rules (id, title_sort, name, resource, likeness, among, strength) values
    (gen_random_uuid(), 'kehumingcheng', '客户名称与其他客户相近', 'customers', 'name', 'customers', 'warn'),
    (gen_random_uuid(), 'kehudianhua', '客户电话与其他客户相同', 'customers', 'phone', 'customers', 'warn'),
    (gen_random_uuid(), 'kehuyouxiang', '客户邮箱与其他客户相同', 'customers', 'email', 'customers', 'warn'),
    (gen_random_uuid(), 'kehuzhengjianhao', '客户证件号与其他客户相同', 'customers', 'id_number', 'customers', 'warn'),
    (gen_random_uuid(), 'kehudianhua', '客户电话与联系人相同', 'customers', 'phone', 'contacts', 'off'),
    (gen_random_uuid(), 'kehudianhua', '客户电话与线索相同', 'customers', 'phone', 'leads', 'off'),
    (gen_random_uuid(), 'lianxirendianhua', '联系人电话与其他联系人相同', 'contacts', 'phone', 'contacts', 'warn'),
    (gen_random_uuid(), 'lianxirenyouxiang', '联系人邮箱与其他联系人相同', 'contacts', 'email', 'contacts', 'warn'),
    (gen_random_uuid(), 'lianxirenzhengjianhao', '联系人证件号与其他联系人相同', 'contacts', 'id_number', 'contacts', 'warn'),
    (gen_random_uuid(), 'xiansuogongsi', '线索公司与其他线索相近', 'leads', 'name', 'leads', 'warn'),
    (gen_random_uuid(), 'xiansuodianhua', '线索电话与其他线索相同', 'leads', 'phone', 'leads', 'warn'),
    (gen_random_uuid(), 'xiansuoyouxiang', '线索邮箱与其他线索相同', 'leads', 'email', 'leads', 'warn'),
    (gen_random_uuid(), 'xiansuogongsi', '线索公司与客户相近', 'leads', 'name', 'customers', 'warn'),
    (gen_random_uuid(), 'xiansuodianhua', '线索电话与客户相同', 'leads', 'phone', 'customers', 'warn'),
    (gen_random_uuid(), 'xiansuodianhua', '线索电话与联系人相同', 'leads', 'phone', 'contacts', 'warn'),
    (gen_random_uuid(), 'xiansuoyouxiang', '线索邮箱与客户相同', 'leads', 'email', 'customers', 'off'),
    (gen_random_uuid(), 'xiansuoyouxiang', '线索邮箱与联系人相同', 'leads', 'email', 'contacts', 'warn');

-- Where records went that were put together with another.
create table successors (
    record_id uuid primary key,
    resource text not null,
    successor_id uuid not null,
    -- Who followed it and came to follow the successor by that.
    followers uuid[] not null default '{}'
);
create index successors_successor on successors (successor_id);

alter table operations
    drop constraint operations_kind_check,
    add constraint operations_kind_check check (kind in ('delete', 'edit', 'assign', 'act', 'merge', 'batch', 'import', 'seed', 'undo'));
