alter table search_index drop column mark;
