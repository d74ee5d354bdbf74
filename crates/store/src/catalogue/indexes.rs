//! The indexes of the fields that administrators made: those that lists are filtered by, and those that name other records
//! or bear no value twice. They are made and dropped beside the work of everybody else.

use std::time::Duration;

use diesel::sql_types::{Bool, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use domain::catalogue::Catalogue;
use domain::field::{Field, Kind};
use domain::resource::Definition;

use crate::column;
use crate::db::Store;
use crate::error::Result;
use crate::filter::folded;
use crate::sql::Sql;

/// What the names of all of them begin with.
const PREFIX: &str = "custom_";

const WAIT: Duration = Duration::from_millis(500);

/// Two at once would make the same index. Whoever waits in the database is waited for by who makes one, so we ask again.
async fn take_turn(connection: &mut AsyncPgConnection) -> Result<()> {
    let lock = Sql::new("select pg_try_advisory_lock(hashtext('custom indexes'))").rows::<Bool>();
    while !lock.clone().get_result::<bool>(connection).await? {
        tokio::time::sleep(WAIT).await;
    }
    Ok(())
}

/// One that there should be.
struct WantedIndex {
    name: String,
    table: &'static str,
    /// What follows the table in the statement that makes it.
    of: String,
    is_unique: bool,
}

/// Makes what is missing and drops what nobody asks for any more; tells of how many.
pub async fn settle(store: &Store) -> Result<i64> {
    let mut connection = store.own_connection().await?;
    // It may take long, and waits for nobody who holds a table for himself.
    connection.batch_execute("set statement_timeout = 0; set lock_timeout = '10s'").await?;
    take_turn(&mut connection).await?;
    // Another process may have made the field that this is about.
    super::reread(store).await?;
    let wanted = wanted(store.catalogue());
    let present = present(&mut connection).await?;
    let mut changed = 0;
    for (name, is_valid) in &present {
        if !is_valid || !wanted.iter().any(|index| index.name == *name) {
            connection.batch_execute(&format!("drop index concurrently if exists {name}")).await?;
            changed += 1;
        }
    }
    for WantedIndex { name, table, of, is_unique } in wanted {
        if present.iter().any(|(known, is_valid)| *known == name && *is_valid) {
            continue;
        }
        let unique = if is_unique { "unique " } else { "" };
        connection.batch_execute(&format!("create {unique}index concurrently {name} on {table} {of}")).await?;
        connection.batch_execute(&format!("analyze {table}")).await?;
        changed += 1;
    }
    Ok(changed)
}

fn wanted(catalogue: &'static Catalogue) -> Vec<WantedIndex> {
    let of = |definition: &'static Definition| {
        definition.custom.iter().flat_map(move |field| {
            let is_unique = field.made.is_some_and(|made| made.unique);
            let finds = !field.personal && (field.filterable || matches!(field.kind, Kind::Reference(_)));
            let unique = is_unique.then(|| unique(definition, field));
            unique.into_iter().chain((finds && can_be_found(field.kind)).then(|| usual(definition, field)))
        })
    };
    catalogue.iter().flat_map(of).collect()
}

/// Long texts are only looked through.
fn can_be_found(kind: Kind) -> bool {
    !matches!(kind, Kind::LongText)
}

fn usual(of: &Definition, field: &Field) -> WantedIndex {
    let value = column::within("custom", field);
    let of_index = match field.kind {
        kind if kind.is_many() => format!("using gin ({value})"),
        kind => format!("(({})) where {value} is not null and deleted_at is null", folded(kind, &value)),
    };
    WantedIndex { name: name(of, field, ""), table: of.table, of: of_index, is_unique: false }
}

/// Texts are the same however they are written.
fn unique(of: &Definition, field: &Field) -> WantedIndex {
    let value = format!("folded(custom ->> '{}')", field.key);
    let of_index = format!("(({value})) where custom ? '{}' and deleted_at is null", field.key);
    WantedIndex { name: name(of, field, "unique_"), table: of.table, of: of_index, is_unique: true }
}

/// Names in PostgreSQL are short: FNV-1a of resource and key stands for both.
fn name(of: &Definition, field: &Field, mark: &str) -> String {
    let bytes = of.name.bytes().chain([b'.']).chain(field.key.bytes());
    let hash =
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{PREFIX}{mark}{hash:016x}")
}

/// Those that are there, and whether they came to be whole.
async fn present(connection: &mut AsyncPgConnection) -> Result<Vec<(String, bool)>> {
    let query = format!(
        "select c.relname::text, i.indisvalid from pg_index i join pg_class c on c.oid = i.indexrelid \
         where c.relnamespace = current_schema()::regnamespace and c.relname ~ '^{PREFIX}(unique_)?[0-9a-f]{{16}}$'"
    );
    Ok(Sql::new(query).rows::<(Text, Bool)>().load(connection).await?)
}
