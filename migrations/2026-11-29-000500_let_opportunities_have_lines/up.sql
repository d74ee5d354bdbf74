-- The lines of a document stand in its row, and are spread into a table of their own, in which they name other records.
alter table opportunities add column lines jsonb not null default '[]';

create table opportunity_lines (
    id uuid primary key,
    opportunity_id uuid not null references opportunities on delete cascade,
    position bigint not null,
    product_id uuid not null constraint opportunity_lines_product_exists references products,
    description text,
    quantity numeric not null,
    price numeric not null,
    discount numeric,
    amount numeric not null
);
create index opportunity_lines_opportunity on opportunity_lines (opportunity_id, position);
create index opportunity_lines_product on opportunity_lines (product_id);

-- Arguments: the table of the lines, and its column that names the document.
create function spread_lines() returns trigger language plpgsql as $$
begin
    return null;
end
$$;

create procedure spread_lines_of(documents regclass, lines regclass, document_column text) language plpgsql as $$
begin
    execute format('create trigger spread_new_lines after insert on %s referencing new table as new_rows
                    for each statement execute function spread_lines(%L, %L)', documents, lines, document_column);
    execute format('create trigger spread_lines after update on %s referencing old table as old_rows new table as new_rows
                    for each statement execute function spread_lines(%L, %L)', documents, lines, document_column);
end
$$;

call spread_lines_of('opportunities', 'opportunity_lines', 'opportunity_id');
