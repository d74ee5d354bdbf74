-- How often each token occurs decides the way a search takes. PostgreSQL's own statistics know it, if they look closely
-- enough: the ten thousand commonest tokens, counted at every ANALYZE.
alter table search_index alter column tokens set statistics 1000;
