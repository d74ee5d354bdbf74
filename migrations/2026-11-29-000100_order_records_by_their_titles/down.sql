alter table contacts rename column title_sort to name_sort;
alter table customers rename column title_sort to name_sort;
alter table customer_types rename column title_sort to name_sort;
alter table roles rename column title_sort to name_sort;
alter table departments rename column title_sort to name_sort;
alter table users rename column title_sort to name_sort;
