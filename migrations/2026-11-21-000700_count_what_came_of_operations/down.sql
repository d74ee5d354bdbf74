drop index operation_rows_outcome;
delete from operation_rows where outcome in ('waiting', 'restored');
alter table operation_rows
    drop constraint operation_rows_outcome_check,
    drop column changed,
    add constraint operation_rows_outcome_check check (outcome in (
        'created', 'updated', 'unchanged', 'deleted', 'failed', 'skipped'
    ));

delete from operations where kind in ('assign', 'seed');
alter table operations
    drop constraint operations_kind_check,
    drop column dry_run,
    drop column created,
    drop column updated,
    drop column deleted,
    drop column restored,
    drop column skipped,
    add column changed bigint not null default 0,
    add constraint operations_kind_check check (kind in ('delete', 'edit', 'import', 'undo'));
