-- The bin of each resource is read newest first.
do $$
declare
    bin record;
begin
    for bin in select table_name from information_schema.columns
               where table_schema = 'public' and column_name = 'deleted_at' order by table_name loop
        execute format('create index %I on %I (updated_at desc, id desc) where deleted_at is not null',
                       bin.table_name || '_bin', bin.table_name);
    end loop;
end
$$;
