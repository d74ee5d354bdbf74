//! A filter checked against a field list, with its words resolved.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeZone, Utc};
use rust_decimal::Decimal;
use serde_json::Value;
use uuid::Uuid;

use super::{Comparison, Filter, Hop, Op, dates, operators, words};
use crate::check::normalise_text;
use crate::error::{Code, Error, Fault, Result};
use crate::field::{Field, Kind};
use crate::permission::{Action, Permission, Scope};
use crate::resource::Definition;
use crate::viewer::{Rows, Viewer};

const MAX_DEPTH: usize = 8;
const MAX_TESTS: usize = 50;
const MAX_VALUES: usize = 500;

/// A filter that can be asked of a record or compiled to SQL. A missing value passes `ne`, and no other comparison.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Test(Test),
    /// The rows in which the caller reads what the filter asks about.
    Within(Rows),
    /// Of other records, one step away.
    Over(Hop),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    pub field: &'static Field,
    pub op: Op,
    pub value: Literal,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    Bool(bool),
    Number(Decimal),
    Text(String),
    Date(NaiveDate),
    Instant(DateTime<Utc>),
    Id(Uuid),
    List(Vec<Literal>),
}

/// What a filter's words are resolved against.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub definition: &'a Definition,
    pub viewer: Option<&'a Viewer>,
    pub today: NaiveDate,
    pub utc_offset: i32,
}

impl<'a> Context<'a> {
    pub fn of(definition: &'a Definition, viewer: &'a Viewer) -> Self {
        Self { definition, viewer: Some(viewer), today: viewer.today, utc_offset: viewer.utc_offset }
    }

    /// The rows of a scope, if the caller sees others beside them.
    pub fn narrower(&self, scope: Scope) -> Option<Rows> {
        let viewer = self.viewer?;
        let read = viewer.rights.scope(Permission::new(self.definition.name, Action::Read))?;
        (scope < read).then(|| viewer.within(scope))
    }

    /// The moment at which a day begins where the caller lives.
    fn midnight(&self, day: NaiveDate) -> Option<DateTime<Utc>> {
        let zone = FixedOffset::east_opt(self.utc_offset)?;
        zone.from_local_datetime(&day.and_time(NaiveTime::MIN)).single().map(|at| at.to_utc())
    }
}

/// A checked filter that may look a masked value up.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    pub condition: Condition,
    /// The fields of masked values that are asked for in full, as on the telephone. Each such question is one more that
    /// the caller has asked, and has to be kept like a value that was shown.
    pub looked_up: Vec<&'static Field>,
}

impl Condition {
    /// Checks a filter: every fault at once, and no field that the caller may not read. Where he reads a field of some
    /// rows only, the filter finds none of the others, whatever stands in them.
    pub fn check(filter: &Filter, context: &Context<'_>) -> Result<Self> {
        Self::checked(filter, context, false).map(|checked| checked.condition)
    }

    /// The same for somebody who looks at the rows one by one: who may have a masked value shown can also find the rows
    /// that hold it.
    pub fn check_with_lookup(filter: &Filter, context: &Context<'_>) -> Result<Checked> {
        Self::checked(filter, context, true)
    }

    fn checked(filter: &Filter, context: &Context<'_>, lookup: bool) -> Result<Checked> {
        let lookup = if lookup { the_lookup(filter, context.definition) } else { None };
        let mut checker = Checker { lookup, ..Checker::of(context) };
        let condition = checker.filter(filter, 0);
        if checker.forbidden {
            return Err(Error::new(Code::FieldForbidden));
        }
        let Checker { faults, looked_up, reach, .. } = checker;
        match condition {
            Some(condition) if faults.is_empty() => {
                let within = context.narrower(reach).map(Condition::Within);
                let condition = match within {
                    Some(within) => Condition::All(vec![within, condition]),
                    None => condition,
                };
                Ok(Checked { condition, looked_up })
            }
            _ => Err(Error { faults, ..Error::new(Code::BadParameter) }),
        }
    }
}

/// The one comparison of a filter that may look a masked value up: it must hold of every row found, because whatever is
/// asked by way of `or` and `not` is asked many times at once.
fn the_lookup<'a>(filter: &'a Filter, definition: &Definition) -> Option<&'a Comparison> {
    match filter {
        Filter::Test(test) => {
            let personal = definition.field(&test.field).is_some_and(|field| field.personal);
            (personal && test.op == Op::Eq).then_some(test)
        }
        Filter::And(parts) => parts.and.iter().find_map(|part| the_lookup(part, definition)),
        Filter::Or(_) | Filter::Not(_) | Filter::Some(_) | Filter::None(_) => None,
    }
}

pub(super) struct Checker<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) faults: Vec<Fault>,
    pub(super) tests: usize,
    pub(super) forbidden: bool,
    lookup: Option<&'a Comparison>,
    looked_up: Vec<&'static Field>,
    /// How far the caller reads everything that the filter asks about.
    pub(super) reach: Scope,
    /// Steps from the record that is asked.
    pub(super) hops: usize,
}

impl<'a> Checker<'a> {
    pub(super) fn of(context: &'a Context<'a>) -> Self {
        Self {
            context,
            faults: Vec::new(),
            tests: 0,
            forbidden: false,
            lookup: None,
            looked_up: Vec::new(),
            reach: Scope::All,
            hops: 0,
        }
    }
}

impl Checker<'_> {
    pub(super) fn filter(&mut self, filter: &Filter, depth: usize) -> Option<Condition> {
        if depth > MAX_DEPTH {
            return self.fault("", "too_deep");
        }
        match filter {
            Filter::And(parts) => self.parts(&parts.and, depth).map(Condition::All),
            Filter::Or(parts) => self.parts(&parts.or, depth).map(Condition::Any),
            Filter::Not(part) => Some(Condition::Not(Box::new(self.filter(&part.not, depth + 1)?))),
            Filter::Some(has) => self.some(&has.some, &has.filter, depth),
            Filter::None(has) => self.some(&has.none, &has.filter, depth).map(|some| Condition::Not(Box::new(some))),
            Filter::Test(test) => match test.field.split_once('.') {
                Some((word, rest)) => self.path(test, word, rest),
                None => self.test(test),
            },
        }
    }

    fn parts(&mut self, parts: &[Filter], depth: usize) -> Option<Vec<Condition>> {
        // Each part is looked at, also after a faulty one, so that all faults are named.
        let parts: Vec<_> = parts.iter().map(|part| self.filter(part, depth + 1)).collect();
        parts.into_iter().collect()
    }

    pub(super) fn test(&mut self, test: &Comparison) -> Option<Condition> {
        self.tests += 1;
        if self.tests > MAX_TESTS {
            return self.limit("", MAX_TESTS);
        }
        let Some(field) = self.context.definition.field(&test.field).filter(|field| field.filterable) else {
            return self.fault(&test.field, "not_filterable");
        };
        if let Some(viewer) = self.context.viewer {
            let Some(reach) = self.reach_of(viewer, field, test) else {
                self.forbidden = true;
                return None;
            };
            self.reach = self.reach.min(reach);
        }
        if !operators(field.kind, field.personal).contains(&test.op) {
            return self.fault(&test.field, "operator_not_allowed");
        }
        if is_unfinished(test) {
            return self.fault(&test.field, "required");
        }
        let condition = match test.op {
            Op::IsNull => self.literal(Kind::Bool, &test.value).map(|value| comparison(field, Op::IsNull, value)),
            op @ (Op::In | Op::AllOf | Op::NoneOf) => {
                self.list(field, &test.value).map(|value| comparison(field, op, value))
            }
            Op::Between => self.between(field, &test.value),
            op => self.comparison(field, op, &test.value),
        };
        condition.or_else(|| self.fault(&test.field, "wrong_type"))
    }

    /// How far the caller may ask this of a field. A masked value is as closed as a hidden one, save to a lookup.
    fn reach_of(&mut self, viewer: &Viewer, field: &'static Field, test: &Comparison) -> Option<Scope> {
        let resource = self.context.definition.name;
        let reads = viewer.rights.reads(resource, field);
        if !self.lookup.is_some_and(|lookup| std::ptr::eq(lookup, test)) {
            return reads;
        }
        let reveals = viewer.rights.reveals(resource, field);
        if reveals > reads {
            self.looked_up.push(field);
        }
        reads.max(reveals)
    }

    fn list(&self, field: &'static Field, value: &Value) -> Option<Literal> {
        let items = several(value)?;
        if items.len() > MAX_VALUES {
            return None;
        }
        items.iter().map(|item| self.literal(field.kind, item)).collect::<Option<Vec<_>>>().map(Literal::List)
    }

    /// Both ends, each a day, a period of days or a number.
    fn between(&self, field: &'static Field, value: &Value) -> Option<Condition> {
        let ends = several(value)?;
        let [from, to] = ends.as_slice() else { return None };
        Some(Condition::All(vec![self.comparison(field, Op::Gte, from)?, self.comparison(field, Op::Lte, to)?]))
    }

    /// A comparison; with a period of days it becomes a pair of comparisons with its ends.
    fn comparison(&self, field: &'static Field, op: Op, value: &Value) -> Option<Condition> {
        let Some((from, to)) = self.period(field.kind, value) else {
            return self.literal(field.kind, value).map(|value| comparison(field, op, value));
        };
        let within =
            Condition::All(vec![comparison(field, Op::Gte, from.clone()), comparison(field, Op::Lt, to.clone())]);
        Some(match op {
            Op::Ne => Condition::Not(Box::new(within)),
            Op::Lt => comparison(field, Op::Lt, from),
            Op::Gte => comparison(field, Op::Gte, from),
            Op::Gt => comparison(field, Op::Gte, to),
            Op::Lte => comparison(field, Op::Lt, to),
            _ => within,
        })
    }

    /// Relative dates, and whole days compared with instants.
    fn period(&self, kind: Kind, value: &Value) -> Option<(Literal, Literal)> {
        let text = value.as_str()?;
        let days = dates::period(text, self.context.today);
        match kind {
            Kind::Date => days.map(|(from, to)| (Literal::Date(from), Literal::Date(to))),
            Kind::Instant => {
                let (from, to) = days.or_else(|| {
                    let day: NaiveDate = text.parse().ok()?;
                    Some((day, day.succ_opt()?))
                })?;
                Some((Literal::Instant(self.context.midnight(from)?), Literal::Instant(self.context.midnight(to)?)))
            }
            _ => None,
        }
    }

    fn literal(&self, kind: Kind, value: &Value) -> Option<Literal> {
        let text = || value.as_str().filter(|text| !text.contains('\0'));
        match kind {
            Kind::Bool => match value {
                Value::Bool(truth) => Some(Literal::Bool(*truth)),
                Value::String(text) => text.parse().ok().map(Literal::Bool),
                _ => None,
            },
            kind if kind.is_number() => match value {
                Value::Number(number) => number.to_string().parse().ok().map(Literal::Number),
                Value::String(text) => text.parse().ok().map(Literal::Number),
                _ => None,
            },
            Kind::Date => text()?.parse().ok().map(Literal::Date),
            Kind::Instant => text()?.parse().ok().map(Literal::Instant),
            Kind::Reference("users") | Kind::References("users") if value == "@me" => {
                self.context.viewer.map(|viewer| Literal::Id(viewer.user_id))
            }
            Kind::Id | Kind::Reference(_) | Kind::References(_) => text()?.parse().ok().map(Literal::Id),
            Kind::Choice(words) | Kind::Choices(words) => {
                text().filter(|text| words.contains(text)).map(|text| Literal::Text(text.to_owned()))
            }
            _ => text().map(|text| Literal::Text(normalise_text(kind, text))),
        }
    }

    pub(super) fn fault<T>(&mut self, field: &str, code: &str) -> Option<T> {
        self.tell(field, Fault::new("", code))
    }

    fn limit<T>(&mut self, field: &str, max: usize) -> Option<T> {
        self.tell(field, Fault::new("", "too_many").with("max", max))
    }

    pub(super) fn tell<T>(&mut self, field: &str, fault: Fault) -> Option<T> {
        let pointer = if field.is_empty() { "filter".to_owned() } else { format!("filter[{field}]") };
        // A comparison that was refused for one reason is not refused for a second one.
        if !self.faults.iter().any(|fault| fault.pointer == pointer) {
            self.faults.push(Fault { pointer, ..fault });
        }
        None
    }
}

/// Whether there is nothing to compare with. Taken for the empty text, it would be contained in every other.
fn is_unfinished(test: &Comparison) -> bool {
    test.value.is_null() || test.value.as_str().is_some_and(str::is_empty)
}

/// The values of a list. In the query string they are separated by commas.
fn several(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(items) => Some(items.clone()),
        Value::String(text) => Some(words::split(text, &[',']).into_iter().map(Value::String).collect()),
        _ => None,
    }
}

fn comparison(field: &'static Field, op: Op, value: Literal) -> Condition {
    Condition::Test(Test { field, op, value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relations::Customer;
    use serde_json::json;

    fn check(filter: Value) -> Result<Condition> {
        let definition = Definition::of::<Customer>();
        let context = Context {
            definition: &definition,
            viewer: None,
            today: "2026-11-21".parse().expect("a date"),
            utc_offset: 8 * 3600,
        };
        Condition::check(&serde_json::from_value(filter).expect("a filter"), &context)
    }

    #[test]
    fn a_day_of_an_instant_runs_from_local_midnight_to_local_midnight() {
        let condition = check(json!({"field": "created_at", "op": "eq", "value": "@today"})).expect("checked");
        let Condition::All(ends) = condition else { panic!("a period has two ends") };
        let Condition::Test(from) = &ends[0] else { panic!("a comparison") };
        assert_eq!(from.value, Literal::Instant("2026-11-20T16:00:00Z".parse().expect("an instant")));
    }

    #[test]
    fn both_ends_belong_to_what_lies_between() {
        let ends = |value: Value| {
            let condition = check(json!({"field": "created_at", "op": "between", "value": value})).expect("checked");
            let Condition::All(ends) = condition else { panic!("two ends") };
            ends.into_iter().map(|end| match end {
                Condition::Test(test) => (test.op, test.value),
                _ => panic!("a comparison"),
            })
        };
        let instant = |text: &str| Literal::Instant(text.parse().expect("an instant"));
        let days = [(Op::Gte, instant("2026-10-31T16:00:00Z")), (Op::Lt, instant("2026-11-21T16:00:00Z"))];
        for value in [json!("2026-11-01,2026-11-21"), json!(["2026-11-01", "@today"]), json!(["@this_month", "@today"])]
        {
            assert!(ends(value.clone()).eq(days.clone()), "{value}");
        }
        for value in [json!("2026-11-01"), json!(["2026-11-01"]), json!(["a", "b"]), json!("2026-11-01,"), json!(7)] {
            let refusal = check(json!({"field": "created_at", "op": "between", "value": value})).expect_err("refused");
            assert_eq!(refusal.faults[0].code, "wrong_type", "{value}");
        }
    }

    #[test]
    fn a_condition_without_a_value_is_refused_and_not_dropped() {
        for filter in [
            json!({"field": "name", "op": "contains", "value": ""}),
            json!({"field": "name", "op": "eq"}),
            json!({"field": "level", "op": "in", "value": ""}),
            json!({"field": "next_contact_on", "op": "between", "value": null}),
        ] {
            assert_eq!(check(filter.clone()).expect_err("refused").faults[0].code, "required", "{filter}");
        }
    }

    #[test]
    fn a_list_in_a_query_string_may_hold_commas() {
        let condition = check(json!({"field": "name", "op": "in", "value": "\"Acme, Inc.\",华信"})).expect("checked");
        let Condition::Test(test) = condition else { panic!("a comparison") };
        let wanted = ["Acme, Inc.", "华信"].map(|name| Literal::Text(name.to_owned()));
        assert_eq!(test.value, Literal::List(wanted.to_vec()));
    }

    #[test]
    fn all_faults_are_named() {
        let refusal = check(json!({"and": [
            {"field": "level", "op": "eq", "value": "z"},
            {"field": "nope", "op": "eq", "value": 1},
            {"or": [{"field": "phones", "op": "contains", "value": "138"}]},
        ]}))
        .expect_err("refused");
        let codes: Vec<_> = refusal.faults.iter().map(|fault| fault.code.as_str()).collect();
        assert_eq!(codes, ["wrong_type", "not_filterable", "operator_not_allowed"]);
    }
}
