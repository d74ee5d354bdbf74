-- How much of their quota callers have used up on all servers together. Worth nothing after a crash, so it is not logged.
create unlogged table request_quotas (
    -- A keyed digest: sessions and addresses are not kept in the clear.
    caller text primary key,
    used double precision not null,
    at timestamptz not null
) with (fillfactor = 50);
