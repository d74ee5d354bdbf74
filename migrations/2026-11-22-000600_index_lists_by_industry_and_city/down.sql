drop index customers_city;
drop index customers_industry;
