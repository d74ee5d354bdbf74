//! A summary checked against a field list and a viewer.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{By, ByPeriod, Measure, Period, Summary, is_groupable, measures, needs_period};
use crate::error::{Code, Error, Fault, Result};
use crate::field::{Field, Kind};
use crate::filter::{Condition, Context, Filter, Op};
use crate::listing::Listing;
use crate::resource::Definition;

pub const MAX_BY: usize = 2;
pub const MAX_OF: usize = 5;
pub const MAX_LIMIT: u16 = 200;

/// A summary whose words are known to be right.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    pub by: Vec<Grouping>,
    pub of: Vec<Measure<&'static Field>>,
    /// Of amounts there is one figure for each currency, which this field names.
    pub currency: Option<&'static Field>,
    /// The filter that was asked, and of rows in which the caller does not read everything that is asked about, none.
    pub filter: Filter,
    pub limit: usize,
}

/// What groups are told apart by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grouping {
    pub field: &'static Field,
    pub period: Option<Period>,
}

impl Summary {
    /// Every fault at once, and no field that the caller may not read.
    pub fn check(&self, context: &Context<'_>) -> Result<Asked> {
        let definition = context.definition;
        let mut faults = self.sizes();
        let words = Listing { q: self.q.clone(), ..Listing::default() };
        faults.extend(words.check(definition).err().into_iter().flat_map(|error| error.faults));
        let by: Vec<Grouping> =
            sorted(self.by.iter().enumerate().map(|one| self.grouping(definition, one)), &mut faults);
        let of: Vec<_> = sorted(self.of.iter().enumerate().map(|one| measure(definition, one)), &mut faults);
        if !faults.is_empty() {
            let of_filter = Condition::check(&self.filter, context).err();
            if let Some(Error { code: Code::FieldForbidden, .. }) = of_filter {
                return Err(Code::FieldForbidden.into());
            }
            faults.extend(of_filter.into_iter().flat_map(|error| error.faults));
            return Err(Error { faults, ..Error::new(Code::BadParameter) });
        }
        let has_amounts = of.iter().any(|measure| measure.field().is_some_and(|field| field.kind == Kind::Amount));
        let currency = if has_amounts { definition.field("currency") } else { None };
        let fields = by.iter().map(|grouping| grouping.field);
        let fields = fields.chain(of.iter().filter_map(|measure| measure.field().copied())).chain(currency);
        let filter = self.filter.narrowed(fields.filter_map(|field| where_read(context, field)).collect());
        let limit = usize::from(self.limit.unwrap_or(MAX_LIMIT));
        let asked = Asked { by, of, currency, filter, limit };
        // Whatever a group's filter will be, it is no longer and no deeper than this one.
        Condition::check(&asked.filter_of(&vec![Value::Null; asked.by.len()]), context)?;
        Ok(asked)
    }

    fn sizes(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (pointer, count, max) in [("/by", self.by.len(), MAX_BY), ("/of", self.of.len(), MAX_OF)] {
            if count > max {
                faults.push(Fault::new(pointer, "too_many").with("max", max));
            }
        }
        if self.of.is_empty() {
            faults.push(Fault::new("/of", "required"));
        }
        if self.limit.is_some_and(|limit| !(1..=MAX_LIMIT).contains(&limit)) {
            faults.push(Fault::new("/limit", "out_of_range"));
        }
        faults
    }

    fn grouping(&self, definition: &Definition, (at, by): (usize, &By)) -> Result<Grouping, Fault> {
        let fault = |part: &str, code: &str| Err(Fault::new(format!("/by/{at}{part}"), code));
        let (key, period) = match by {
            By::Field(key) => (key, None),
            By::Period(ByPeriod { field, period }) => (field, Some(*period)),
        };
        let Some(field) = definition.field(key).filter(|field| is_groupable(field)) else {
            return fault("", "not_groupable");
        };
        match (needs_period(field.kind), period) {
            (true, None) => fault("/period", "required"),
            (false, Some(_)) => fault("/period", "not_groupable"),
            _ if self.by[..at].contains(by) => fault("", "repeated"),
            _ => Ok(Grouping { field, period }),
        }
    }
}

fn measure(definition: &Definition, (at, measure): (usize, &Measure)) -> Result<Measure<&'static Field>, Fault> {
    let Some(key) = measure.field() else { return Ok(Measure::Count) };
    let field = definition.field(key).filter(|field| measures(field).contains(&measure.word()));
    field.map(|field| measure.of(field)).ok_or_else(|| Fault::new(format!("/of/{at}"), "not_summable"))
}

/// Those that are right; the others leave their fault.
fn sorted<T>(checked: impl Iterator<Item = Result<T, Fault>>, faults: &mut Vec<Fault>) -> Vec<T> {
    checked.filter_map(|one| one.map_err(|fault| faults.push(fault)).ok()).collect()
}

/// The rows in which the caller reads a field, as a filter; nothing if these are all that he sees. A field that is read
/// nowhere is asked about too, so that the question is refused.
fn where_read(context: &Context<'_>, field: &'static Field) -> Option<Filter> {
    let reach = context.viewer?.rights.reads(context.definition.name, field);
    let is_read_everywhere = reach.is_some_and(|reach| context.narrower(reach).is_none());
    let something = |is_null: bool| Filter::test(field.key, Op::IsNull, is_null);
    (!is_read_everywhere).then(|| Filter::any(vec![something(true), something(false)]))
}

impl Asked {
    /// The filter that finds the records of one group, by the values of its keys.
    pub fn filter_of(&self, values: &[Value]) -> Filter {
        self.filter.narrowed(self.by.iter().zip(values).map(|(by, value)| by.test(value)).collect())
    }
}

impl Grouping {
    fn test(&self, value: &Value) -> Filter {
        let key = self.field.key;
        let days = || {
            let first: NaiveDate = value.as_str()?.parse().ok()?;
            Some((first, self.period?.last_day(first)?))
        };
        match days() {
            Some((first, last)) => Filter::test(key, Op::Between, json!([first, last])),
            None if value.is_null() => Filter::test(key, Op::IsNull, true),
            None => Filter::test(key, Op::Eq, value.clone()),
        }
    }
}
