-- Tells those who wait for work that there is some, if a job is held by a process that has not been heard of.
select pg_notify('zhiyin_jobs', '')
where exists (
    select from jobs where state = 'running' and not exists (
        select from processes
        where name = split_part(leased_by, '/', 1) and seen_at > now() - make_interval(secs => $1)
    )
)
