-- New tokens wait on a list and are brought into the index together, by the servers, every second after a write; see
-- crates/store/src/search/waiting.rs. With room for 64 MB no writer has to stop for it.
alter index search_index_tokens set (fastupdate = on, gin_pending_list_limit = 65536);
