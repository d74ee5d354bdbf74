delete from changes where resource in ('products', 'product-categories');
delete from search_index where resource in ('products', 'product-categories');
delete from external_ids where resource in ('products', 'product-categories');
drop table products;
drop table product_categories;
