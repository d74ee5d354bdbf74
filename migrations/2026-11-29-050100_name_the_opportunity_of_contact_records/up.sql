-- What was spoken can be about an opportunity.
alter table contact_records
    add column opportunity_id uuid constraint contact_records_opportunity_exists references opportunities;
create index contact_records_opportunity on contact_records (opportunity_id, happened_at desc, id desc);
