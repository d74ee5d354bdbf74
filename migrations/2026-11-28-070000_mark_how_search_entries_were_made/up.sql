-- Tells the entries that this version made from those of an older one, which are made anew in the background. An older
-- process that goes on serving knows nothing of it: its entries have no mark, or one that does not fit them.
alter table search_index add column mark int not null default 0;
