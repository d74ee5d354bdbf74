delete from operations where undo_of in (select id from operations where kind = 'merge');
delete from operations where kind = 'merge';
alter table operations
    drop constraint operations_kind_check,
    add constraint operations_kind_check check (kind in ('delete', 'edit', 'assign', 'act', 'batch', 'import', 'seed', 'undo'));
drop table successors;
delete from search_index where resource = 'duplicate-rules';
delete from external_ids where resource = 'duplicate-rules';
drop table duplicate_rules;
