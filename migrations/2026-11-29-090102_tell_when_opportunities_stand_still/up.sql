-- Of each open opportunity the last day on which it may stand in its stage; and the order of timelines.
alter table opportunities add column stale_on date;
-- It follows from what the log has told already.
select set_config('zhiyin.resealing', 'on', true);
update opportunities o
set stale_on = (o.stage_since at time zone 'UTC')::date + s.stale_after::integer
from stages s where s.id = o.stage_id and o.status = 'open' and s.stale_after is not null;
select set_config('zhiyin.resealing', '', true);
create index opportunities_by_stale on opportunities (stale_on, id) where deleted_at is null and stale_on is not null;
create index opportunities_of_customer on opportunities (customer_id, created_at desc, id desc);
