-- A batch of different changes is an operation too, so that it can be taken back.
alter table operations
    drop constraint operations_kind_check,
    add constraint operations_kind_check check (kind in ('delete', 'edit', 'assign', 'batch', 'import', 'seed', 'undo'));
