-- Other units that a product is counted in, and one of its pictures.
alter table products add column units jsonb not null default '[]',
    add column image_id uuid constraint products_image_exists references attachments;
create index products_image on products (image_id);
