-- Gives one job to a worker: one whose lease has run out or whose process is dead, or else the most urgent of those that
-- wait.
with expired as (
    select id from jobs where state = 'running' and (lease_until < now() or not exists (
        select from processes
        where name = split_part(leased_by, '/', 1) and seen_at > now() - make_interval(secs => $3)
    ))
    order by lease_until limit 1 for update skip locked
), ready as (
    select id from jobs where state = 'queued' and run_at <= now() and not exists (select 1 from expired)
    order by priority desc, run_at, id limit 1 for update skip locked
), due as (
    select id from expired union all select id from ready
)
update jobs set
    state = 'running',
    leased_by = $1,
    lease_until = now() + make_interval(secs => $2),
    attempts = attempts + 1,
    resumed_count = resumed_count + (checkpoint <> '{}')::int,
    started_at = coalesce(started_at, now())
from due
where jobs.id = due.id
returning jobs.id, kind, payload, checkpoint, attempts, max_attempts, user_id, cancel_requested
