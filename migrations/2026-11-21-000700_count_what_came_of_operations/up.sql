-- An operation tells what came of every row, by outcome; rows wait in it for the job that works on them.
alter table operations
    drop constraint operations_kind_check,
    drop column changed,
    add column dry_run boolean not null default false,
    add column created bigint not null default 0,
    add column updated bigint not null default 0,
    add column deleted bigint not null default 0,
    add column restored bigint not null default 0,
    add column skipped bigint not null default 0,
    add constraint operations_kind_check check (kind in ('delete', 'edit', 'assign', 'import', 'seed', 'undo'));

alter table operation_rows
    drop constraint operation_rows_outcome_check,
    -- Field to its value before and after, for a dry run; personal values are masked.
    add column changed jsonb not null default '{}',
    add constraint operation_rows_outcome_check check (outcome in (
        'waiting', 'created', 'updated', 'unchanged', 'deleted', 'restored', 'failed', 'skipped'
    ));
create index operation_rows_outcome on operation_rows (operation_id, outcome, row_number);
