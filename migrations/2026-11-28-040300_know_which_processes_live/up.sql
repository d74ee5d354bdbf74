-- The processes that work on jobs, each of which says every other second that it lives. What a silent one held is free for
-- the others. Worth nothing after a crash of the database, so it is not logged.
create unlogged table processes (
    name text primary key,
    seen_at timestamptz not null
) with (fillfactor = 50);
