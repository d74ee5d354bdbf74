//! Where sealed values stand: the columns of records that the field lists mark as personal, the same in the change log,
//! and what else the house seals. A test looks through a whole database for seals that nobody tells of here.

use diesel::sql_types::{BigInt, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::CATALOGUE;
use domain::resource::Definition;

use crate::error::Result;
use crate::sql::{Bind, Sql};

/// Columns that are sealed though no field list tells of them: the table, the row that the seals name, the columns.
const OTHERS: [(&str, &str, &[&str]); 2] =
    [("idempotency_keys", "caller_id", &["body"]), ("second_factors", "user_id", &["secret"])];

/// Rows of a table in which sealed values stand.
pub(super) struct Holder {
    pub relation: String,
    /// The table that the seals name.
    pub table: &'static str,
    /// The column of the row that they name.
    pub row: &'static str,
    pub columns: Vec<&'static str>,
    pub form: Form,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// In columns, one a value or a list of them.
    Columns,
    /// In the change log's entries about a resource.
    Changes(&'static str),
    /// In the parts of files, as bytes.
    Bytes,
}

/// All there are, always in the same order.
pub(super) async fn all(connection: &mut AsyncPgConnection) -> Result<Vec<Holder>> {
    let columns = |table: &'static str, row, columns| {
        let relation = table.to_owned();
        Holder { relation, table, row, columns, form: Form::Columns }
    };
    let sealed =
        || CATALOGUE.iter().map(|resource| (resource, personal(resource))).filter(|(_, keys)| !keys.is_empty());
    let mut holders: Vec<Holder> = sealed().map(|(resource, keys)| columns(resource.table, "id", keys)).collect();
    holders.extend(OTHERS.map(|(table, row, keys)| columns(table, row, keys.to_vec())));
    let (relation, form) = ("file_parts".to_owned(), Form::Bytes);
    holders.push(Holder { relation, table: "file_parts", row: "file_id", columns: vec!["content"], form });
    for partition in partitions(connection).await? {
        holders.extend(sealed().map(|(resource, columns)| Holder {
            relation: partition.clone(),
            table: resource.table,
            row: "record_id",
            columns,
            form: Form::Changes(resource.name),
        }));
    }
    Ok(holders)
}

fn personal(resource: &Definition) -> Vec<&'static str> {
    resource.fields.iter().filter(|field| field.personal).map(|field| field.key).collect()
}

/// The tables of the change log.
async fn partitions(connection: &mut AsyncPgConnection) -> Result<Vec<String>> {
    let query = "select inhrelid::regclass::text from pg_inherits where inhparent = 'changes'::regclass order by 1";
    Ok(Sql::new(query).rows::<Text>().load(connection).await?)
}

impl Holder {
    /// How many pages of the disk the table has.
    pub async fn pages(&self, connection: &mut AsyncPgConnection) -> Result<i64> {
        let query = Sql::new("select pg_relation_size(").bind(Bind::Text(self.relation.clone()));
        let query = query.push("::regclass) / current_setting('block_size')::bigint");
        Ok(query.rows::<BigInt>().get_result(connection).await?)
    }

    /// The table to a person.
    pub fn told(&self) -> &'static str {
        if matches!(self.form, Form::Changes(_)) { "changes" } else { self.table }
    }

    /// Whether a row holds something that one of these keys sealed. Seals have no dots but those around the key's id.
    pub fn is_sealed_with(&self, keys: &[String]) -> Sql {
        let pattern = Bind::Text(format!(r"\.({})\.", keys.join("|")));
        let each = |text: fn(&str) -> String| self.columns.iter().map(|key| text(key)).collect::<Vec<_>>().join(", ");
        match self.form {
            Form::Columns => {
                let values = each(|key| format!("{key}::text"));
                Sql::new(format!("concat_ws(' ', {values}) ~ ")).bind(pattern)
            }
            Form::Changes(resource) => {
                let values = each(|key| format!("changed ->> '{key}'"));
                Sql::new(format!("resource = '{resource}' and concat_ws(' ', {values}) ~ ")).bind(pattern)
            }
            // The key's id stands in front, its length before it.
            Form::Bytes => Sql::new("encode(substr(content, 2, get_byte(content, 0)), 'escape') = any(")
                .bind(Bind::Texts(keys.to_vec()))
                .push(")"),
        }
    }

    /// What a row holds, as an object.
    pub fn held(&self) -> String {
        match self.form {
            Form::Columns => {
                let pairs: Vec<_> = self.columns.iter().map(|key| format!("'{key}', {key}")).collect();
                format!("jsonb_build_object({})", pairs.join(", "))
            }
            Form::Changes(_) => "changed".to_owned(),
            Form::Bytes => "jsonb_build_object('part', part, 'content', encode(content, 'base64'))".to_owned(),
        }
    }

    /// Puts `sealed.held` into a row.
    pub fn set(&self) -> String {
        match self.form {
            Form::Columns => {
                let (keys, table) = (self.columns.join(", "), &self.relation);
                format!("({keys}) = (select {keys} from jsonb_populate_record(null::{table}, sealed.held))")
            }
            Form::Changes(_) => "changed = sealed.held".to_owned(),
            Form::Bytes => "content = decode(sealed.held ->> 'content', 'base64')".to_owned(),
        }
    }
}
