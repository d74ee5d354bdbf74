alter table search_index alter column tokens set statistics -1;
