-- What others did between two transactions to the records that people follow: the last of it for each. Who was told and has
-- not looked yet is not told again.
select distinct on (f.user_id, f.record_id) f.resource, f.record_id, f.user_id, c.actor_id
from changes c
left join comments said on c.resource = 'comments' and c.operation = 'create' and said.id = c.record_id
join followers f on f.record_id = coalesce(said.about_id, c.record_id)
    and (c.resource = f.resource or said.about_type = f.resource)
where c.transaction_id >= $1::text::xid8 and c.transaction_id < $2::text::xid8
  and c.operation in ('create', 'update', 'restore') and c.actor_id <> f.user_id
  and c.transaction_id::text::bigint > f.since
  and not exists (
    select 1 from notifications told where told.about_id = f.record_id and told.owner_id = f.user_id
    and told.reason = 'followed' and told.read_at is null and told.deleted_at is null)
order by f.user_id, f.record_id, c.sequence desc
