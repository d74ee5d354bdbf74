alter table products drop column image_id, drop column units;
