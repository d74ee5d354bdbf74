-- A record is ordered by its title, which is not always a name.
alter table users rename column name_sort to title_sort;
alter table departments rename column name_sort to title_sort;
alter table roles rename column name_sort to title_sort;
alter table customer_types rename column name_sort to title_sort;
alter table customers rename column name_sort to title_sort;
alter table contacts rename column name_sort to title_sort;
