//! Lists by keyset: page 10,000 costs what page 1 costs, and no row is shown twice or left out.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::Utc;
use domain::error::{Code, Error, Result};
use domain::field::{Field, Kind};
use domain::listing::{DEFAULT_LIMIT, Listing, PageInfo};
use domain::resource::{Definition, STAMP_FIELDS};
use domain::text::pinyin::sort_key;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::column;
use crate::db::Db;
use crate::records::Seen;
use crate::sql::{Bind, Sql};
use crate::table::Stored;

const CURSOR_LIFE_SECONDS: i64 = 24 * 3600;

/// A page of records.
pub struct Listed<R> {
    pub records: Vec<Seen<R>>,
    pub page: PageInfo,
}

/// An order of rows that ends in the id, so that no two rows are equal in it.
pub struct Order {
    keys: Vec<SortKey>,
}

struct SortKey {
    field: &'static Field,
    column: String,
    /// Whether it is the reading of the title, and not the title itself, that rows are ordered by.
    reads_title: bool,
    descending: bool,
    nullable: bool,
}

impl Order {
    pub fn of<R: Stored>(db: &Db, listing: &Listing) -> Self {
        let definition = db.definition::<R>();
        let mut keys: Vec<SortKey> = listing
            .sort
            .iter()
            .filter_map(|sort| Some((definition.field(&sort.field)?, sort.descending)))
            .map(|(field, descending)| SortKey {
                // Titles are ordered by their reading.
                column: match field.key == R::TITLE {
                    true => format!("{}.title_sort", R::TABLE),
                    false => column::of(R::TABLE, field),
                },
                reads_title: field.key == R::TITLE,
                field,
                descending,
                nullable: R::nullable(field.key),
            })
            .collect();
        let newest_first = keys.is_empty();
        if newest_first {
            keys.push(SortKey::stamp::<R>("updated_at", true));
        }
        let last_descends = keys.last().is_some_and(|key| key.descending);
        keys.push(SortKey::stamp::<R>("id", last_descends));
        Self { keys }
    }

    /// The order of ids, which is that of creation.
    pub fn of_ids<R: Stored>() -> Self {
        Self { keys: vec![SortKey::stamp::<R>("id", false)] }
    }

    /// The ORDER BY; nulls come last, and first when the list is walked backwards.
    pub fn sql(&self, backwards: bool) -> Sql {
        let keys = self.keys.iter().map(|key| {
            let direction = if key.descending != backwards { "desc" } else { "asc" };
            let nulls = match (key.nullable, backwards) {
                (false, _) => "",
                (true, false) => " nulls last",
                (true, true) => " nulls first",
            };
            format!("{} {direction}{nulls}", key.column)
        });
        Sql::new(keys.collect::<Vec<_>>().join(", "))
    }

    /// The rows beyond a position.
    pub fn beyond(&self, position: &[Value], backwards: bool) -> Option<Sql> {
        let values: Vec<Option<Bind>> = self.keys.iter().zip(position).map(|(key, value)| key.bind(value)).collect();
        if values.len() != self.keys.len() {
            return None;
        }
        let uniform = self.keys.iter().all(|key| !key.nullable && key.descending == self.keys[0].descending);
        if uniform {
            let values: Vec<Bind> = values.into_iter().collect::<Option<_>>()?;
            return Some(self.row_comparison(values, backwards));
        }
        let alternatives = (0..self.keys.len()).map(|depth| {
            let mut parts: Vec<Sql> =
                self.keys[..depth].iter().zip(&values).map(|(key, value)| key.equal(value.as_ref())).collect();
            parts.push(self.keys[depth].beyond(values[depth].as_ref(), backwards));
            Sql::and(parts)
        });
        Some(Sql::or(alternatives.collect()))
    }

    /// PostgreSQL answers a comparison of rows from an index on just these columns.
    fn row_comparison(&self, values: Vec<Bind>, backwards: bool) -> Sql {
        let columns: Vec<&str> = self.keys.iter().map(|key| key.column.as_str()).collect();
        let operator = if self.keys[0].descending != backwards { "<" } else { ">" };
        let mut sql = Sql::new(format!("({}) {operator} (", columns.join(", ")));
        for (index, value) in values.into_iter().enumerate() {
            sql = if index == 0 { sql } else { sql.push(", ") }.bind(value);
        }
        sql.push(")")
    }

    /// Where a record stands in this order.
    pub fn position(&self, record: &Map<String, Value>) -> Vec<Value> {
        let value = |key: &SortKey| match record.get(key.field.key) {
            Some(Value::String(title)) if key.reads_title => Value::String(sort_key(title)),
            Some(value) => value.clone(),
            None => Value::Null,
        };
        self.keys.iter().map(value).collect()
    }
}

impl SortKey {
    fn stamp<R: Stored>(key: &str, descending: bool) -> Self {
        let field = STAMP_FIELDS.iter().find(|field| field.key == key).unwrap_or(&STAMP_FIELDS[0]);
        Self { field, column: column::of(R::TABLE, field), reads_title: false, descending, nullable: false }
    }

    fn bind(&self, value: &Value) -> Option<Bind> {
        let value = match (self.field.kind, value) {
            (_, Value::Null) => None,
            (Kind::Bool, value) => value.as_bool().map(Bind::Bool),
            (Kind::Integer, value) => value.as_i64().map(Bind::Int),
            (Kind::Decimal | Kind::Amount | Kind::Percent, value) => value.as_str()?.parse().ok().map(Bind::Number),
            (Kind::Date, value) => value.as_str()?.parse().ok().map(Bind::Date),
            (Kind::Instant, value) => value.as_str()?.parse().ok().map(Bind::Instant),
            (Kind::Id | Kind::Reference(_), value) => value.as_str()?.parse().ok().map(Bind::Id),
            (_, value) => value.as_str().map(|text| Bind::Text(text.to_owned())),
        };
        value.map(|value| column::bind(self.field, value))
    }

    fn equal(&self, value: Option<&Bind>) -> Sql {
        match value {
            Some(value) => Sql::new(format!("{} = ", self.column)).bind(value.clone()),
            None => Sql::new(format!("{} is null", self.column)),
        }
    }

    fn beyond(&self, value: Option<&Bind>, backwards: bool) -> Sql {
        let column = &self.column;
        match (value, backwards) {
            // Nulls are last: nothing stands behind them but their equals, and everything else before them.
            (None, false) => Sql::new("false"),
            (None, true) => Sql::new(format!("{column} is not null")),
            (Some(value), _) => {
                let operator = if self.descending != backwards { "<" } else { ">" };
                let sql = Sql::new(format!("{column} {operator} ")).bind(value.clone());
                if self.nullable && !backwards { sql.push(format!(" or {column} is null")) } else { sql }
            }
        }
    }
}

/// A place in a list, as it travels: opaque, authenticated, and bound to the list it was made for.
#[derive(Serialize, Deserialize)]
pub struct Cursor {
    /// The record beyond which the page lies; absent for a walk from the end.
    #[serde(rename = "p")]
    pub position: Option<Vec<Value>>,
    #[serde(rename = "b")]
    pub backwards: bool,
    #[serde(rename = "x")]
    expires: i64,
}

impl Cursor {
    pub fn read(db: &Db, resource: &str, listing: &Listing) -> Result<Option<Self>> {
        let Some(text) = &listing.cursor else { return Ok(None) };
        let invalid = || Error::new(Code::InvalidCursor);
        let bytes = BASE64.decode(text).map_err(|_| invalid())?;
        let (tag, body) = bytes.split_at_checked(16).ok_or_else(invalid)?;
        if tag != &seal(db, resource, listing, body)[..] {
            return Err(invalid());
        }
        let cursor: Cursor = serde_json::from_slice(body).map_err(|_| invalid())?;
        if cursor.expires < Utc::now().timestamp() { Err(invalid()) } else { Ok(Some(cursor)) }
    }

    fn write(db: &Db, resource: &str, listing: &Listing, position: Option<Vec<Value>>, backwards: bool) -> String {
        let cursor = Cursor { position, backwards, expires: Utc::now().timestamp() + CURSOR_LIFE_SECONDS };
        let body = serde_json::to_vec(&cursor).unwrap_or_default();
        BASE64.encode([&seal(db, resource, listing, &body)[..], &body].concat())
    }
}

/// Ties a cursor to caller, filter, sort and fields, and to this history of the database.
fn seal(db: &Db, resource: &str, listing: &Listing, body: &[u8]) -> [u8; 16] {
    let bound = Listing { cursor: None, limit: None, count: Default::default(), expand: Vec::new(), ..listing.clone() };
    let bound = serde_json::to_vec(&bound).unwrap_or_default();
    let user = db.user_id().unwrap_or_default();
    let keys = db.keys();
    let tag = keys.tag(&[keys.lineage().as_bytes(), resource.as_bytes(), user.as_bytes(), &bound, body]);
    let mut short = [0; 16];
    short.copy_from_slice(&tag[..16]);
    short
}

pub fn limit(listing: &Listing) -> usize {
    usize::from(listing.limit.unwrap_or(DEFAULT_LIMIT))
}

/// Whether a list's order has an index on the tables that are searched, so that a page can be walked to.
pub fn walks(of: &Definition, listing: &Listing) -> bool {
    match listing.sort.as_slice() {
        [] => true,
        [sort] => sort.field == "updated_at" || sort.field == of.title || begins_with_newest(of, listing),
        _ => false,
    }
}

/// Whether the newest stand first, as they do where no order is asked for.
pub fn begins_with_newest(of: &Definition, listing: &Listing) -> bool {
    match listing.sort.as_slice() {
        [] => true,
        [sort] => sort.field == of.newest && sort.descending,
        _ => false,
    }
}

/// Cuts the extra row off that told whether there is more, and names the neighbouring pages.
pub fn turn<R: Stored>(
    db: &Db,
    listing: &Listing,
    order: &Order,
    came_by: Option<Cursor>,
    mut rows: Vec<Seen<R>>,
) -> Listed<R> {
    let more = rows.len() > limit(listing);
    rows.truncate(limit(listing));
    let backwards = came_by.as_ref().is_some_and(|cursor| cursor.backwards);
    let from_end = came_by.as_ref().is_some_and(|cursor| cursor.position.is_none());
    if backwards {
        rows.reverse();
    }
    let cursor = |row: Option<&Seen<R>>, backwards| {
        let position = row.map(|row| order.position(&row.plain_json()));
        position.map(|position| Cursor::write(db, R::NAME, listing, Some(position), backwards))
    };
    let (has_next, has_prev) = if backwards { (!from_end, more) } else { (more, came_by.is_some()) };
    let page = PageInfo {
        next_cursor: if has_next { cursor(rows.last(), false) } else { None },
        prev_cursor: if has_prev { cursor(rows.first(), true) } else { None },
        last_cursor: has_next.then(|| Cursor::write(db, R::NAME, listing, None, true)),
        has_more: has_next,
        total: None,
        estimated: false,
    };
    Listed { records: rows, page }
}
