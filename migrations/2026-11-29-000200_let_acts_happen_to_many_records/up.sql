-- What happens to many records at once, such as tasks being done, is an operation too, so that it can be taken back.
alter table operations
    drop constraint operations_kind_check,
    add constraint operations_kind_check check (kind in ('delete', 'edit', 'assign', 'act', 'batch', 'import', 'seed', 'undo'));
