alter index search_index_tokens set (fastupdate = off);
alter index search_index_tokens reset (gin_pending_list_limit);
select gin_clean_pending_list('search_index_tokens');
