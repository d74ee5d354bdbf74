delete from operations where undo_of in (select id from operations where kind = 'batch');
delete from operations where kind = 'batch';
alter table operations
    drop constraint operations_kind_check,
    add constraint operations_kind_check check (kind in ('delete', 'edit', 'assign', 'import', 'seed', 'undo'));
