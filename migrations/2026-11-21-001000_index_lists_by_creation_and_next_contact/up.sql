-- Lists by creation and by the day of the next contact find their rows in order, and the planner learns how rare a place is.
create index contacts_by_creation on contacts (created_at desc, id desc) where deleted_at is null;

-- Rows without a day belong to the order too; they come last.
drop index customers_by_next_contact;
create index customers_by_next_contact on customers (next_contact_on, id) where deleted_at is null;

-- Places are compared without regard to case. Of such an expression nothing is known unless it is counted, and a walk down
-- all customers in search of a rare town takes seconds.
create statistics customers_places on (lower(city collate "C")), (lower(region collate "C")) from customers;
