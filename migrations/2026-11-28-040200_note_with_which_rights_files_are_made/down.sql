alter table files drop column resource, drop column reach;
