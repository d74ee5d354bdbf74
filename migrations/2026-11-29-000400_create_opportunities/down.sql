delete from changes where resource in ('opportunities', 'stages', 'pipelines');
delete from search_index where resource in ('opportunities', 'stages', 'pipelines');
delete from external_ids where resource in ('opportunities', 'stages', 'pipelines');
drop table opportunities;
drop table stages;
drop table pipelines;
