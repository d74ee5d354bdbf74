alter table contact_records drop column opportunity_id;
