//! Where a field lies in its table: in a column of its name, or, if an administrator made it, in the column of all that
//! they made. A part of that is read as its kind, so that it compares and sorts like a column; indexes are made of just
//! these expressions.

use domain::field::{Field, Kind};

use crate::sql::{Bind, Sql};

/// The value of a field, in the table of this name.
pub fn of(table: &str, field: &Field) -> String {
    if !field.is_custom() {
        return format!("{table}.{}", field.key);
    }
    within(&format!("{table}.custom"), field)
}

/// Whether a reference names the record with this id, so that an index finds it.
pub fn names(table: &str, field: &Field, id: Sql) -> Sql {
    let column = of(table, field);
    match field.kind {
        Kind::References(_) => Sql::new(format!("{column} @> array[")).append(id).push("]"),
        _ => Sql::new(format!("{column} = ")).append(id),
    }
}

/// The same of the column itself, for an index.
pub fn within(column: &str, field: &Field) -> String {
    let key = field.key;
    match field.kind {
        kind if kind.is_many() => format!("({column} -> '{key}')"),
        Kind::Integer | Kind::Decimal | Kind::Amount | Kind::Percent => format!("(({column} ->> '{key}')::numeric)"),
        Kind::Bool => format!("(({column} ->> '{key}')::boolean)"),
        Kind::Reference(_) | Kind::Id => format!("(({column} ->> '{key}')::uuid)"),
        // Days and moments are written so that they sort as texts; how PostgreSQL reads a day depends on settings.
        Kind::Date | Kind::Instant => format!("(({column} ->> '{key}') collate \"C\")"),
        _ => format!("({column} ->> '{key}')"),
    }
}

/// A value to compare with a field, as it stands there.
pub fn bind(field: &Field, value: Bind) -> Bind {
    match value {
        Bind::Date(day) if field.is_custom() => Bind::Text(day.to_string()),
        Bind::Instant(at) if field.is_custom() => Bind::Text(domain::instant::format(at)),
        Bind::Int(number) if field.is_custom() => Bind::Number(number.into()),
        value => value,
    }
}
