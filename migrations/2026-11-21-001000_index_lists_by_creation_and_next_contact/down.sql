drop statistics customers_places;
drop index customers_by_next_contact;
create index customers_by_next_contact on customers (next_contact_on, id) where deleted_at is null and next_contact_on is not null;
drop index contacts_by_creation;
