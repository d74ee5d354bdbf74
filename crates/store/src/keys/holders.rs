//! Where sealed values stand: the columns of records that the field lists mark as personal, the same in the change log,
//! and what else the house seals. A test looks through a whole database for seals that nobody tells of here.

use std::borrow::Cow;

use diesel::sql_types::{BigInt, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::CATALOGUE;
use domain::catalogue;
use domain::resource::Definition;

use crate::error::Result;
use crate::sql::{Bind, Sql};

/// Columns that are sealed though no field list tells of them: the table, the row that the seals name, the columns.
const OTHERS: [(&str, &str, &[&str]); 6] = [
    ("files", "id", &["name"]),
    ("idempotency_keys", "caller_id", &["body"]),
    ("jobs", "id", &["payload"]),
    ("operation_rows", "operation_id", &["changed"]),
    ("operations", "id", &["request"]),
    ("second_factors", "user_id", &["secret"]),
];

/// What of these was written in the clear before it was sealed. A document is an object then; an empty one hides nothing.
const CLEAR: [(&str, &str); 4] = [
    ("files", r"name !~ '^v\d+\.seal-\d+\.'"),
    ("jobs", "jsonb_typeof(payload) = 'object' and payload <> '{}'"),
    ("operation_rows", "jsonb_typeof(changed) = 'object' and changed <> '{}'"),
    ("operations", "jsonb_typeof(request) = 'object' and request <> '{}'"),
];

/// Reasons in the change log name who gave them. The house gives its own in the clear.
const REASONS: (&str, &str, &[&str]) =
    ("changes", "coalesce(actor_id, '00000000-0000-0000-0000-000000000000')", &["reason"]);

/// Rows of a table in which sealed values stand.
pub(super) struct Holder {
    pub relation: String,
    /// The table that the seals name.
    pub table: &'static str,
    /// The column of the row that they name.
    pub row: &'static str,
    pub columns: Vec<Cow<'static, str>>,
    pub form: Form,
    /// Under which condition a row holds something in the clear, from before it was sealed at all.
    pub clear: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// In columns, one a value or a list of them.
    Columns,
    /// In the change log's entries about a resource.
    Changes(&'static str),
    /// In the parts of files, as bytes.
    Bytes,
    /// In the one column of a table that holds what fields hold which administrators made.
    Custom,
}

/// All there are, always in the same order.
pub(super) async fn all(connection: &mut AsyncPgConnection) -> Result<Vec<Holder>> {
    let made = made(connection).await?;
    let columns = |table: &'static str, row, columns: Vec<&'static str>| {
        let columns = columns.into_iter().map(Cow::Borrowed).collect();
        let relation = table.to_owned();
        Holder { relation, table, row, columns, form: Form::Columns, clear: None }
    };
    let sealed =
        || CATALOGUE.iter().map(|resource| (resource, personal(resource))).filter(|(_, keys)| !keys.is_empty());
    let mut holders: Vec<Holder> = sealed().map(|(resource, keys)| columns(resource.table, "id", keys)).collect();
    holders.extend(OTHERS.map(|(table, row, keys)| {
        let clear = CLEAR.iter().find(|clear| clear.0 == table).map(|(_, condition)| (*condition).to_owned());
        Holder { clear, ..columns(table, row, keys.to_vec()) }
    }));
    holders.extend(made.iter().map(|(resource, keys)| Holder {
        form: Form::Custom,
        columns: keys.clone(),
        ..columns(resource.table, "id", Vec::new())
    }));
    let (relation, form) = ("file_parts".to_owned(), Form::Bytes);
    holders.push(Holder {
        relation,
        table: "file_parts",
        row: "file_id",
        columns: vec!["content".into()],
        form,
        clear: None,
    });
    for partition in partitions(connection).await? {
        let own = sealed().map(|(resource, keys)| (resource, keys.into_iter().map(Cow::Borrowed).collect()));
        holders.extend(own.chain(made.iter().cloned()).map(|(resource, columns)| Holder {
            relation: partition.clone(),
            table: resource.table,
            row: "record_id",
            columns,
            form: Form::Changes(resource.name),
            clear: None,
        }));
        let (relation, form) = (partition.clone(), Form::Changes("exports"));
        let clear = Some("resource = 'exports' and jsonb_typeof(changed -> 'listing') = 'object'".to_owned());
        holders.push(Holder {
            relation,
            table: "exports",
            row: "record_id",
            columns: vec!["listing".into()],
            form,
            clear,
        });
        let (table, row, keys) = REASONS;
        let clear = Some(r"actor_id is not null and reason <> '' and reason !~ '^v\d+\.seal-\d+\.'".to_owned());
        holders.push(Holder { relation: partition, clear, ..columns(table, row, keys.to_vec()) });
    }
    Ok(holders)
}

fn personal(resource: &Definition) -> Vec<&'static str> {
    resource.fields.iter().filter(|field| field.personal).map(|field| field.key).collect()
}

type Made = Vec<(&'static Definition, Vec<Cow<'static, str>>)>;

/// The sealed fields that administrators made, by resource. Those that they retired keep their values.
async fn made(connection: &mut AsyncPgConnection) -> Result<Made> {
    let query = "select resource, key from fields where is_personal order by resource, key";
    let rows: Vec<(String, String)> = Sql::new(query).rows::<(Text, Text)>().load(connection).await?;
    let mut made = Made::new();
    for keys in rows.chunk_by(|a, b| a.0 == b.0) {
        if let Some(of) = catalogue::find(&keys[0].0) {
            made.push((of, keys.iter().map(|(_, key)| key.clone().into()).collect()));
        }
    }
    Ok(made)
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

    /// Whether a column of records holds several values.
    pub fn holds_lists(&self, column: &str) -> bool {
        let resource = CATALOGUE.iter().find(|resource| resource.table == self.table);
        resource.and_then(|resource| resource.field(column)).is_some_and(|field| field.kind.is_many())
    }

    /// Whether a row holds something that one of these keys sealed. Seals have no dots but those around the key's id and
    /// their age.
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
            Form::Custom => {
                let values = each(|key| format!("custom ->> '{key}'"));
                Sql::new(format!("concat_ws(' ', {values}) ~ ")).bind(pattern)
            }
            // The key's id stands in front, its length before it.
            Form::Bytes => Sql::new("encode(substr(content, 2, get_byte(content, 0)), 'escape') = any(")
                .bind(Bind::Texts(keys.to_vec()))
                .push(")"),
        }
    }

    /// Whether a row holds something that one of these keys sealed, or that nobody has sealed yet.
    pub fn is_amiss(&self, keys: &[String]) -> Sql {
        let clear = self.clear.as_deref().map(|condition| Sql::new(format!("({condition})")));
        let sealed = (!keys.is_empty()).then(|| self.is_sealed_with(keys));
        Sql::or(sealed.into_iter().chain(clear).collect())
    }

    /// What a row holds, as an object.
    pub fn held(&self) -> String {
        match self.form {
            Form::Columns => {
                let pairs: Vec<_> = self.columns.iter().map(|key| format!("'{key}', {key}")).collect();
                format!("jsonb_build_object({})", pairs.join(", "))
            }
            Form::Changes(_) => "changed".to_owned(),
            Form::Custom => "custom".to_owned(),
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
            Form::Custom => "custom = sealed.held".to_owned(),
            Form::Bytes => "content = decode(sealed.held ->> 'content', 'base64')".to_owned(),
        }
    }
}
