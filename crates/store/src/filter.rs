//! The second reading of a condition: compiled to SQL. There is no other way from user input to a WHERE clause.

use domain::field::{Field, Kind};
use domain::filter::{Condition, Hop, Link, Literal, Op, Test};
use domain::references::Link as Ends;
use domain::resource::Definition;
use domain::viewer::{About, Rows};

use crate::column;
use crate::db::Db;
use crate::keys::KeyRing;
use crate::sql::{Bind, Sql};

/// Compiles for the table `table`, in which every field is a column of its name.
pub fn condition(condition: &Condition, resource: &'static str, table: &'static str, keys: &KeyRing) -> Sql {
    compiled(condition, resource, table, keys, 0)
}

/// The same for a table that is known by another name, so many steps away.
fn compiled(condition: &Condition, resource: &'static str, table: &str, keys: &KeyRing, steps: usize) -> Sql {
    let compile = |part: &Condition| compiled(part, resource, table, keys, steps);
    match condition {
        Condition::Over(hop) => over(hop, table, keys, steps + 1),
        Condition::All(parts) => Sql::and(parts.iter().map(compile).collect()),
        Condition::Any(parts) => Sql::or(parts.iter().map(compile).collect()),
        // A comparison with nothing is neither true nor false in SQL, and simply false in the house.
        Condition::Not(part) => Sql::new("(").append(compile(part)).push(") is not true"),
        Condition::Within(rows) => self::rows(rows, table),
        Condition::Test(test) if test.field.personal => personal(test, resource, table, keys),
        Condition::Test(test) => comparison(test, &column::of(table, test.field)),
    }
}

/// One of the records at the other end of a step, as far as the caller sees them.
fn over(Hop { link, to, rows, condition }: &Hop, table: &str, keys: &KeyRing, steps: usize) -> Sql {
    let other = format!("step{steps}");
    let joined = match link {
        Link::Names(field) => column::names(table, field, Sql::new(format!("{other}.id"))),
        Link::IsNamed(field) => column::names(&other, field, Sql::new(format!("{table}.id"))),
    };
    Sql::new(format!("exists (select 1 from {} {other} where ", to.table))
        .append(joined)
        .push(format!(" and {other}.deleted_at is null and "))
        .append(self::rows(rows, &other))
        .push(" and ")
        .append(compiled(condition, to.name, &other, keys, steps))
        .push(")")
}

/// The rows that a viewer's grant reaches.
pub fn rows(rows: &Rows, table: &str) -> Sql {
    let owned = |user| Sql::new(format!("{table}.owner_id = ")).bind(Bind::Id(user));
    match rows {
        Rows::All => Sql::new("true"),
        Rows::Own { user } => owned(*user),
        Rows::Departments { user, departments } => Sql::or(vec![
            owned(*user),
            Sql::new(format!("{table}.department_id = any(")).bind(Bind::Ids(departments.clone())).push(")"),
        ]),
        Rows::About { link, subjects } => Sql::or(subjects.iter().map(|about| about_one(about, link, table)).collect()),
    }
}

/// The rows about records of one resource that a viewer reaches there.
fn about_one(About { subject, rows, maker }: &About, link: &Ends, table: &str) -> Sql {
    let is_of = Sql::new(format!("{table}.{} = ", link.kind)).bind(Bind::Text(subject.name.to_owned()));
    let spoken_of = format!(
        "exists (select 1 from {} subject where subject.id = {table}.{} and subject.deleted_at is null and ",
        subject.table, link.id
    );
    let spoken_of = Sql::new(spoken_of).append(self::rows(rows, "subject")).push(")");
    let made = maker.map(|maker| Sql::new(format!("{table}.created_by = ")).bind(Bind::Id(maker)));
    Sql::and([is_of].into_iter().chain(made).chain([spoken_of]).collect())
}

/// The rows in which somebody reads all of these fields; none where there is one that he reads nowhere.
pub fn readable(db: &Db, definition: &Definition, keys: &[&str], table: &'static str) -> Option<Sql> {
    let Some(viewer) = db.viewer() else { return Some(Sql::new("true")) };
    let fields = keys.iter().filter_map(|key| definition.field(key));
    let reach = fields.map(|field| viewer.rights.reads(definition.name, field)).min().flatten()?;
    Some(rows(&viewer.within(reach), table))
}

fn personal(test: &Test, resource: &'static str, table: &str, keys: &KeyRing) -> Sql {
    if let (Op::IsNull, Literal::Bool(wanted)) = (test.op, &test.value) {
        return emptiness(test.field, &column::of(table, test.field), *wanted);
    }
    let wanted = match &test.value {
        Literal::List(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    let digests = wanted
        .iter()
        .filter_map(|value| match value {
            Literal::Text(text) => keys.wanted_digest(resource, test.field, text),
            _ => None,
        })
        .collect();
    Sql::new(format!("{table}.id in (select record_id from search_index where digests && "))
        .bind(Bind::Ids(digests))
        .push(")")
}

fn emptiness(field: &Field, column: &str, wanted: bool) -> Sql {
    // Of what administrators made nothing is kept that is empty.
    match (field.kind.is_many() && !field.is_custom(), wanted) {
        (true, true) => Sql::new(format!("{column} = '{{}}'")),
        (true, false) => Sql::new(format!("{column} <> '{{}}'")),
        (false, true) => Sql::new(format!("{column} is null")),
        (false, false) => Sql::new(format!("{column} is not null")),
    }
}

fn comparison(test: &Test, column: &str) -> Sql {
    let kind = test.field.kind;
    let one = |operator: &str, value: &Literal| {
        Sql::new(format!("{} {operator} ", folded(kind, column))).bind(column::bind(test.field, bind(kind, value)))
    };
    match (test.op, &test.value) {
        (Op::IsNull, Literal::Bool(wanted)) => emptiness(test.field, column, *wanted),
        (Op::Eq, value) if kind.is_many() => any_of(test.field, column, std::slice::from_ref(value)),
        (Op::In, Literal::List(items)) if kind.is_many() => any_of(test.field, column, items),
        // A list that is not there lacks nothing of none.
        (Op::AllOf, Literal::List(items)) if items.is_empty() => Sql::new("true"),
        (Op::AllOf, Literal::List(items)) => many(test.field, column, ["?&", "@>"], items),
        (Op::NoneOf, Literal::List(items)) => {
            Sql::new("(").append(any_of(test.field, column, items)).push(") is not true")
        }
        (Op::Eq, value) => one("=", value),
        (Op::Ne, value) => one("is distinct from", value),
        (Op::Gt, value) => one(">", value),
        (Op::Gte, value) => one(">=", value),
        (Op::Lt, value) => one("<", value),
        (Op::Lte, value) => one("<=", value),
        (Op::In, Literal::List(items)) => Sql::or(items.iter().map(|item| one("=", item)).collect()),
        (Op::Prefix, Literal::Text(text)) => like(column, &format!("{}%", escaped(text))),
        (Op::Contains, Literal::Text(text)) => like(column, &format!("%{}%", escaped(text))),
        // The checker has let no other pair through.
        _ => Sql::new("false"),
    }
}

/// Texts compare without regard to the case of ASCII letters; the collation makes PostgreSQL fold just these.
pub fn folded(kind: Kind, column: &str) -> String {
    match kind {
        Kind::Text | Kind::LongText | Kind::Url => format!("lower({column} collate \"C\")"),
        _ => column.to_owned(),
    }
}

fn bind(kind: Kind, value: &Literal) -> Bind {
    match value {
        Literal::Bool(value) => Bind::Bool(*value),
        Literal::Number(value) => Bind::Number(*value),
        Literal::Text(text) => match kind {
            Kind::Text | Kind::LongText | Kind::Url => Bind::Text(text.to_ascii_lowercase()),
            _ => Bind::Text(text.clone()),
        },
        Literal::Date(value) => Bind::Date(*value),
        Literal::Instant(value) => Bind::Instant(*value),
        Literal::Id(value) => Bind::Id(*value),
        // Lists are taken apart before they come here.
        Literal::List(_) => Bind::Bool(false),
    }
}

fn like(column: &str, pattern: &str) -> Sql {
    Sql::new(format!("lower({column} collate \"C\") like ")).bind(Bind::Text(pattern.to_ascii_lowercase()))
}

/// Takes the special meaning from the characters that have one in a LIKE pattern.
pub fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

fn any_of(field: &Field, column: &str, items: &[Literal]) -> Sql {
    many(field, column, ["?|", "&&"], items)
}

/// Compares a list with another: by the first operator where an administrator made the field, whose lists are JSON, and
/// else by the second.
fn many(field: &Field, column: &str, [made, own]: [&str; 2], items: &[Literal]) -> Sql {
    let operator = if field.is_custom() { made } else { own };
    let ids = items.iter().filter_map(|item| if let Literal::Id(id) = item { Some(*id) } else { None });
    let words = items.iter().filter_map(|item| if let Literal::Text(text) = item { Some(text.clone()) } else { None });
    let values = match field.kind {
        Kind::References(_) => Bind::Ids(ids.collect()),
        _ => Bind::Texts(words.collect()),
    };
    Sql::new(format!("{column} {operator} ")).bind(values)
}
