-- Of values that one customer in a hundred has, a walk down the newest passes thousands of others. Level and status need
-- no such index: each of their values is met soon.
create index customers_industry on customers (industry, updated_at desc, id desc) where deleted_at is null;
-- Cities are compared without regard to case; see the filter's column expression for texts.
create index customers_city on customers (lower(city collate "C"), updated_at desc, id desc) where deleted_at is null;
