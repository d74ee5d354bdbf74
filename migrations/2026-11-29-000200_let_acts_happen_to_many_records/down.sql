delete from operations where undo_of in (select id from operations where kind = 'act');
delete from operations where kind = 'act';
alter table operations
    drop constraint operations_kind_check,
    add constraint operations_kind_check check (kind in ('delete', 'edit', 'assign', 'batch', 'import', 'seed', 'undo'));
