//! `crates/schema` is what a migrated database says. With `UPDATE_SCHEMA=1` the file is written instead of compared.

use std::fmt::Write;
use std::fs;

use tests::Database;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/schema/src/lib.rs");

const HEAD: &str = "//! The tables, read from a migrated database. Nobody edits this file; it is written by
//! `UPDATE_SCHEMA=1 cargo test -p tests --test store schema`, and compared by the same test without.\n";

/// Table, primary key, column, whether it may be null, and the name of its type.
const COLUMNS: &str = "
    select c.relname::text, key.columns, a.attname::text, not a.attnotnull, t.typname::text
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join pg_type t on t.oid = a.atttypid
    cross join lateral (
        select string_agg(k.attname, ', ' order by array_position(i.indkey::int2[], k.attnum)) as columns
        from pg_index i join pg_attribute k on k.attrelid = c.oid and k.attnum = any(i.indkey)
        where i.indrelid = c.oid and i.indisprimary
    ) key
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and c.relname not like '\\_\\_diesel%'
    order by c.relname, a.attnum";

/// What diesel calls a type of PostgreSQL; transaction ids are nobody's business outside of the database.
fn diesel_type(name: &str) -> Option<&'static str> {
    Some(match name {
        "uuid" => "Uuid",
        "int8" => "BigInt",
        "int4" => "Integer",
        "int2" => "SmallInt",
        "float8" => "Double",
        "numeric" => "Numeric",
        "timestamptz" => "Timestamptz",
        "date" => "Date",
        "jsonb" => "Jsonb",
        "text" => "Text",
        "bool" => "Bool",
        "bytea" => "Bytea",
        "_text" => "Array<Text>",
        "_int4" => "Array<Integer>",
        "_uuid" => "Array<Uuid>",
        "xid8" => return None,
        other => panic!("no diesel type is known for {other}"),
    })
}

async fn written(database: &Database) -> String {
    let client = database.connect().await;
    let rows = client.query(COLUMNS, &[]).await.expect("columns");
    let mut text = HEAD.to_owned();
    let mut tables: Vec<String> = Vec::new();
    for row in &rows {
        let (table, key, column): (String, String, String) = (row.get(0), row.get(1), row.get(2));
        if tables.last() != Some(&table) {
            text.push_str(if tables.is_empty() { "" } else { "    }\n}\n" });
            write!(text, "\ndiesel::table! {{\n    {table} ({key}) {{\n").expect("text");
            tables.push(table);
        }
        let Some(kind) = diesel_type(row.get(4)) else { continue };
        let kind = if row.get(3) { format!("Nullable<{kind}>") } else { kind.to_owned() };
        // A column named like a word of Rust gets another name in Rust.
        match column.as_str() {
            "right" | "type" => writeln!(text, "        #[sql_name = \"{column}\"]\n        {column}_ -> {kind},"),
            _ => writeln!(text, "        {column} -> {kind},"),
        }
        .expect("text");
    }
    text.push_str("    }\n}\n\ndiesel::allow_tables_to_appear_in_same_query!(\n");
    tables.iter().for_each(|table| writeln!(text, "    {table},").expect("text"));
    text.push_str(");\n");
    text
}

#[tokio::test]
async fn the_table_definitions_are_those_of_the_database() {
    let database = Database::create().await;
    let written = written(&database).await;
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        fs::write(FILE, &written).expect("written");
    }
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let committed = fs::read_to_string(FILE).expect("committed");
    assert!(words(&committed) == words(&written), "crates/schema is out of date: see the first lines of {FILE}");
    database.remove().await;
}
