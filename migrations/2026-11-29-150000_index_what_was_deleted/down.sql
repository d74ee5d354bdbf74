do $$
declare
    bin record;
begin
    for bin in select table_name from information_schema.columns
               where table_schema = 'public' and column_name = 'deleted_at' order by table_name loop
        execute format('drop index %I', bin.table_name || '_bin');
    end loop;
end
$$;
