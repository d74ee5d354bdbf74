alter table sessions drop column noted_at;
