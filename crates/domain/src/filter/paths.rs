//! Ways from a record to others: `customer.level` asks the customer that an opportunity names, `some` and `none` ask the
//! opportunities that name a customer. Who does not see a record, or not the field that leads to it, finds nothing there.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::condition::Checker;
use super::{Comparison, Condition, Context, Filter};
use crate::field::Field;
use crate::permission::{Action, Permission, Scope};
use crate::resource::Definition;
use crate::viewer::{About, Rows};

/// Most steps from one record to the next.
const MOST: usize = 2;

/// A step to other records, and what must hold of one of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Hop {
    pub link: Link,
    pub to: &'static Definition,
    /// Those of them that the caller sees.
    pub rows: Rows,
    pub condition: Box<Condition>,
}

/// Who names whom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Link {
    /// The record names one in this field.
    Names(&'static Field),
    /// Others name the record in this field of theirs.
    IsNamed(&'static Field),
}

/// Where records are found that a condition asks beyond the one before it.
pub trait Beyond {
    /// The record of a resource, unless it is deleted.
    fn named(&self, of: &Definition, id: Uuid) -> Option<Map<String, Value>>;
    /// The records that name one in a field.
    fn naming(&self, of: &Definition, field: &Field, id: Uuid) -> Vec<Map<String, Value>>;
}

/// A world in which there is nothing else.
pub struct Nothing;

impl Beyond for Nothing {
    fn named(&self, _of: &Definition, _id: Uuid) -> Option<Map<String, Value>> {
        None
    }

    fn naming(&self, _of: &Definition, _field: &Field, _id: Uuid) -> Vec<Map<String, Value>> {
        Vec::new()
    }
}

impl Hop {
    pub(super) fn matches(&self, record: &Map<String, Value>, beyond: &dyn Beyond) -> bool {
        let id = |record: &Map<String, Value>, key: &str| record.get(key)?.as_str()?.parse::<Uuid>().ok();
        let others: Vec<_> = match self.link {
            Link::Names(field) => {
                ids(record.get(field.key)).into_iter().filter_map(|id| beyond.named(self.to, id)).collect()
            }
            Link::IsNamed(field) => id(record, "id").map(|id| beyond.naming(self.to, field, id)).unwrap_or_default(),
        };
        others.iter().any(|other| among(&self.rows, other, beyond) && self.condition.matches_among(other, beyond))
    }
}

/// The ids that a reference holds, one or several.
pub fn ids(value: Option<&Value>) -> Vec<Uuid> {
    let id = |value: &Value| value.as_str()?.parse().ok();
    match value {
        Some(Value::Array(items)) => items.iter().filter_map(id).collect(),
        value => value.and_then(id).into_iter().collect(),
    }
}

/// Whether a record is among rows; one that is about another as that one is.
fn among(rows: &Rows, record: &Map<String, Value>, beyond: &dyn Beyond) -> bool {
    let id = |key: &str| record.get(key)?.as_str()?.parse::<Uuid>().ok();
    let Rows::About { link, subjects } = rows else { return rows.contains(id("owner_id"), id("department_id")) };
    let reaches = |about: &About| {
        let is_of = record.get(link.kind).and_then(Value::as_str) == Some(about.subject.name);
        let made = about.maker.is_none_or(|maker| id("created_by") == Some(maker));
        let subject = id(link.id).filter(|_| is_of && made).and_then(|id| beyond.named(about.subject, id));
        subject.is_some_and(|subject| among(&about.rows, &subject, beyond))
    };
    subjects.iter().any(reaches)
}

/// The field at the end of a path, and whose it is: `level` of customers for `customer.level`.
pub fn end_of(definition: &'static Definition, path: &str) -> Option<(&'static Definition, &'static Field)> {
    match path.split_once('.') {
        None => Some((definition, definition.field(path)?)),
        Some((word, rest)) => end_of(named_by(definition, word)?.1, rest),
    }
}

/// The reference of this name, `customer` or `customer_id`, and what it names.
pub fn named_by(definition: &Definition, word: &str) -> Option<(&'static Field, &'static Definition)> {
    let field = definition.embeds(word).filter(|field| field.filterable)?;
    Some((field, definition.edition.find(field.kind.referred()?)?))
}

/// The field by which records of another resource name these: `contacts`, or `contacts.customer_id` where there are
/// several.
pub fn naming(definition: &Definition, words: &str) -> Option<(&'static Field, &'static Definition)> {
    let (resource, key) = words.split_once('.').map_or((words, None), |(resource, key)| (resource, Some(key)));
    let of = definition.edition.find(resource)?;
    let names = |field: &&Field| field.filterable && field.kind.referred() == Some(definition.name);
    let field = of.own_fields().filter(names).find(|field| key.is_none_or(|key| field.key == key))?;
    Some((field, of))
}

impl Checker<'_> {
    /// A comparison with a field of the record that is named.
    pub(super) fn path(&mut self, test: &Comparison, word: &str, rest: &str) -> Option<Condition> {
        let Some((field, to)) = named_by(self.context.definition, word) else {
            return self.fault(&test.field, "not_filterable");
        };
        let inner = Comparison { field: rest.to_owned(), ..test.clone() };
        let inner = Filter::Test(inner);
        self.hop(Link::Names(field), to, |checker| checker.filter(&inner, 0), |at| format!("{word}.{at}"))
    }

    /// A filter that one of the records must pass by which this one is named.
    pub(super) fn some(&mut self, words: &str, filter: &Filter, depth: usize) -> Option<Condition> {
        let Some((field, of)) = naming(self.context.definition, words) else {
            return self.fault(words, "not_filterable");
        };
        self.hop(Link::IsNamed(field), of, |checker| checker.filter(filter, depth + 1), |at| format!("{words}.{at}"))
    }

    fn hop(
        &mut self,
        link: Link,
        to: &'static Definition,
        inner: impl FnOnce(&mut Checker<'_>) -> Option<Condition>,
        place: impl Fn(&str) -> String,
    ) -> Option<Condition> {
        if self.hops == MOST {
            return self.fault("", "too_deep");
        }
        let (rows, reach) = self.step(link, to)?;
        let context = Context { definition: to, ..*self.context };
        let mut checker = Checker::of(&context);
        (checker.hops, checker.tests, checker.reach) = (self.hops + 1, self.tests, reach);
        let condition = inner(&mut checker);
        let Checker { faults, tests, forbidden, reach, .. } = checker;
        self.tests = tests;
        self.forbidden |= forbidden;
        for fault in faults {
            let at = fault.pointer.trim_start_matches("filter").trim_matches(['[', ']']).to_owned();
            self.tell::<()>(&if at.is_empty() { at } else { place(&at) }, fault);
        }
        let within = context.narrower(reach).map(Condition::Within);
        let condition = Condition::All(within.into_iter().chain([condition?]).collect());
        Some(Condition::Over(Hop { link, to, rows, condition: Box::new(condition) }))
    }

    /// The rows that the caller sees there, and how far he reads the field by which one comes to them.
    fn step(&mut self, link: Link, to: &'static Definition) -> Option<(Rows, Scope)> {
        let Some(viewer) = self.context.viewer else { return Some((Rows::All, Scope::All)) };
        let seen = viewer.rows(Permission::new(to.name, Action::Read)).ok();
        let read = match link {
            Link::Names(field) => viewer.rights.reads(self.context.definition.name, field),
            Link::IsNamed(field) => viewer.rights.reads(to.name, field),
        };
        let (Some(seen), Some(read)) = (seen, read) else {
            self.forbidden = true;
            return None;
        };
        match link {
            Link::Names(_) => {
                self.reach = self.reach.min(read);
                Some((seen, Scope::All))
            }
            Link::IsNamed(_) => Some((seen, read)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::error::{Code, Error};
    use crate::relations::{Contact, Customer};

    const CUSTOMER: Definition = Definition::of::<Customer>();
    const CONTACT: Definition = Definition::of::<Contact>();

    fn check(definition: &Definition, filter: Value) -> Result<Condition, Error> {
        let today = "2026-11-29".parse().expect("a day");
        let context = Context { definition, viewer: None, today, utc_offset: 0 };
        Condition::check(&serde_json::from_value(filter).expect("a filter"), &context)
    }

    /// One customer with one contact.
    struct House;

    fn customer() -> Map<String, Value> {
        json!({"id": Uuid::max(), "level": "a", "name": "华信"}).as_object().cloned().unwrap_or_default()
    }

    fn contact() -> Map<String, Value> {
        let contact = json!({"id": Uuid::max(), "customer_id": Uuid::max(), "name": "李娜", "role": "buyer"});
        contact.as_object().cloned().unwrap_or_default()
    }

    impl Beyond for House {
        fn named(&self, _of: &Definition, id: Uuid) -> Option<Map<String, Value>> {
            (id == Uuid::max()).then(customer)
        }

        fn naming(&self, of: &Definition, _field: &Field, _id: Uuid) -> Vec<Map<String, Value>> {
            if of.name == "contacts" { vec![contact()] } else { Vec::new() }
        }
    }

    #[test]
    fn a_path_asks_the_record_that_is_named_and_the_other_way_round_those_that_name_it() {
        let passes = |definition, filter, record: Map<String, Value>| {
            check(definition, filter).expect("checked").matches_among(&record, &House)
        };
        for (level, expected) in [("a", true), ("b", false)] {
            assert_eq!(
                passes(&CONTACT, json!({"field": "customer.level", "op": "eq", "value": level}), contact()),
                expected
            );
        }
        for (role, expected) in [("buyer", true), ("user", false)] {
            let inner = json!({"field": "role", "op": "eq", "value": role});
            assert_eq!(passes(&CUSTOMER, json!({"some": "contacts", "filter": inner}), customer()), expected);
            assert_eq!(passes(&CUSTOMER, json!({"none": "contacts", "filter": inner}), customer()), !expected);
        }
        assert!(passes(&CUSTOMER, json!({"none": "opportunities"}), customer()));
        assert!(passes(&CUSTOMER, json!({"some": "contacts.customer_id"}), customer()));
    }

    #[test]
    fn faults_are_told_by_the_whole_path_and_two_steps_are_enough() {
        let faults = |filter: Value| {
            let Err(Error { code: Code::BadParameter, faults, .. }) = check(&CONTACT, filter) else {
                panic!("refused")
            };
            faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect::<Vec<_>>()
        };
        let pair = |at: &str, code: &str| (at.to_owned(), code.to_owned());
        let test = |field: &str| json!({"field": field, "op": "eq", "value": "z"});
        assert_eq!(faults(test("customer.level")), [pair("filter[customer.level]", "wrong_type")]);
        assert_eq!(faults(test("customer.dragons")), [pair("filter[customer.dragons]", "not_filterable")]);
        assert_eq!(faults(test("dragons.level")), [pair("filter[dragons.level]", "not_filterable")]);
        assert_eq!(faults(test("customer.parent.parent.level")), [pair("filter", "too_deep")]);
        assert_eq!(faults(json!({"some": "dragons"})), [pair("filter[dragons]", "not_filterable")]);
        assert!(check(&CONTACT, json!({"field": "customer.parent.level", "op": "eq", "value": "a"})).is_ok());
    }

    #[test]
    fn the_end_of_a_path_is_a_field_of_another_resource() {
        let (of, field) =
            end_of(crate::catalogue::find("contacts").expect("contacts"), "customer.parent.level").expect("a field");
        assert_eq!((of.name, field.key), ("customers", "level"));
        assert!(end_of(crate::catalogue::find("contacts").expect("contacts"), "role.level").is_none());
    }
}
