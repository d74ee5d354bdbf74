//! A piece of SQL with its values bound, never spliced. Identifiers come from declarations, values from callers.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, SqlLiteral, TypedExpressionType, ValidGrouping, is_aggregate,
};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{self, Array, BigInt, Bool, Date, Integer, Numeric, Text, Timestamptz};
use rust_decimal::Decimal;
use uuid::Uuid;

#[derive(Clone, Debug)]
pub enum Bind {
    Bool(bool),
    Int(i64),
    Number(Decimal),
    Text(String),
    Texts(Vec<String>),
    Date(NaiveDate),
    Instant(DateTime<Utc>),
    Id(Uuid),
    Ids(Vec<Uuid>),
    Tokens(Vec<i32>),
}

#[derive(Clone, Debug)]
enum Part {
    Text(String),
    Bind(Bind),
}

impl Part {
    /// A list that is worth a plan of its own. A kept plan compares its values one by one with each row, and may go on
    /// reading a table from end to end that was small when the plan was made.
    fn is_long_list(&self) -> bool {
        match self {
            Part::Bind(Bind::Texts(values)) => values.len() > SHORT_LIST,
            Part::Bind(Bind::Ids(values)) => values.len() > SHORT_LIST,
            _ => false,
        }
    }
}

/// Values of a list that any plan copes with.
const SHORT_LIST: usize = 64;

/// A condition, an order or a whole query.
#[derive(Clone, Debug, Default)]
pub struct Sql {
    parts: Vec<Part>,
    /// Whether the statement's text is one of few, so that preparing it once pays.
    recurring: bool,
}

impl Sql {
    pub fn new(text: impl Into<String>) -> Self {
        Self::default().push(text)
    }

    /// A statement of fixed shape, prepared once per connection.
    pub fn recurring(mut self) -> Self {
        self.recurring = true;
        self
    }

    pub fn push(mut self, text: impl Into<String>) -> Self {
        self.parts.push(Part::Text(text.into()));
        self
    }

    pub fn bind(mut self, value: Bind) -> Self {
        self.parts.push(Part::Bind(value));
        self
    }

    /// A value that the planner does not look at. It saves reading the statistics, which for search tokens takes longer
    /// than the search, and lets a prepared statement keep one plan. Only where the shape of the query decides the plan.
    pub fn bind_unseen(self, value: Bind) -> Self {
        let cast = match value {
            Bind::Tokens(_) => "::int4[])",
            Bind::Ids(_) => "::uuid[])",
            _ => ")",
        };
        self.push("(select ").bind(value).push(cast)
    }

    pub fn append(mut self, other: Sql) -> Self {
        self.parts.extend(other.parts);
        self
    }

    /// Joins pieces, each in parentheses and the whole too, so that it can stand beside an `and`; without pieces,
    /// `empty` stands.
    pub fn join(pieces: Vec<Sql>, between: &str, empty: &str) -> Self {
        let mut joined = Sql::default();
        for (index, piece) in pieces.into_iter().enumerate() {
            joined = joined.push(if index == 0 { "((" } else { between }).append(piece);
        }
        if joined.parts.is_empty() { Sql::new(empty) } else { joined.push("))") }
    }

    pub fn and(pieces: Vec<Sql>) -> Self {
        Self::join(pieces, ") and (", "true")
    }

    pub fn or(pieces: Vec<Sql>) -> Self {
        Self::join(pieces, ") or (", "false")
    }
}

impl QueryFragment<Pg> for Sql {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        if !self.recurring || self.parts.iter().any(Part::is_long_list) {
            // A plan kept for other values than these may be a thousand times slower; see performance.md.
            out.unsafe_to_cache_prepared();
        }
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_sql(text),
                Part::Bind(Bind::Bool(value)) => out.push_bind_param::<Bool, _>(value)?,
                Part::Bind(Bind::Int(value)) => out.push_bind_param::<BigInt, _>(value)?,
                Part::Bind(Bind::Number(value)) => out.push_bind_param::<Numeric, _>(value)?,
                Part::Bind(Bind::Text(value)) => out.push_bind_param::<Text, _>(value)?,
                Part::Bind(Bind::Texts(value)) => out.push_bind_param::<Array<Text>, _>(value)?,
                Part::Bind(Bind::Date(value)) => out.push_bind_param::<Date, _>(value)?,
                Part::Bind(Bind::Instant(value)) => out.push_bind_param::<Timestamptz, _>(value)?,
                Part::Bind(Bind::Id(value)) => out.push_bind_param::<sql_types::Uuid, _>(value)?,
                Part::Bind(Bind::Ids(value)) => out.push_bind_param::<Array<sql_types::Uuid>, _>(value)?,
                Part::Bind(Bind::Tokens(value)) => out.push_bind_param::<Array<Integer>, _>(value)?,
            }
        }
        Ok(())
    }
}

impl QueryId for Sql {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Expression for Sql {
    type SqlType = Bool;
}

impl ValidGrouping<()> for Sql {
    type IsAggregate = is_aggregate::Never;
}

impl<Tables> AppearsOnTable<Tables> for Sql {}
impl<Tables> SelectableExpression<Tables> for Sql {}

/// A whole query whose rows are of SQL type `T`.
#[derive(Clone, Debug)]
pub struct Rows<T>(pub Sql, pub std::marker::PhantomData<T>);

impl Sql {
    pub fn rows<T>(self) -> Rows<T> {
        Rows(self, std::marker::PhantomData)
    }
}

impl<T> QueryFragment<Pg> for Rows<T> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }
}

impl<T: 'static> QueryId for Rows<T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T> Query for Rows<T> {
    type SqlType = T;
}

impl<T, C> diesel::query_dsl::RunQueryDsl<C> for Rows<T> {}

/// A moment so many seconds from this one, by the clock of the database, as all moments that are written are.
pub fn in_seconds<T>(seconds: i64) -> SqlLiteral<T>
where
    T: sql_types::SqlType + TypedExpressionType,
{
    diesel::dsl::sql(&format!("clock_timestamp() + make_interval(secs => {seconds})"))
}
