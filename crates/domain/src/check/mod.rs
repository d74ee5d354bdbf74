//! Checks a document against the field list: every fault at once, the same in the browser and on the server.

mod cases;
mod kept;
mod values;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use self::kept::{count_in_places, fill_empty_lists, leave_out_numbers};
pub use self::kept::{normalise, normalise_text};
pub use self::values::field_faults;
use self::values::is_empty;
use crate::act::Act;
use crate::custom::{self, Custom};
use crate::error::Fault;
use crate::field::{Access, Field, Kind};
use crate::money::{self, Currency};
use crate::platform::users::Locale;
use crate::resource::{Definition, Resource, STAMP_FIELDS};

/// What somebody says of a record, in the fields of an edition of the catalogue, at a moment.
#[derive(Clone, Copy)]
pub struct Said<'a> {
    pub definition: &'a Definition,
    pub members: &'a Map<String, Value>,
    pub at: DateTime<Utc>,
}

/// Makes a new record out of a document. Members of the stamp that may be given on create must have been taken out before.
pub fn create<R: Resource>(said: Said<'_>) -> Result<(R, Custom), Vec<Fault>> {
    let refused = |access| access == Access::ReadOnly;
    let faults = said.members.keys().filter_map(|key| member_fault(said.definition, key, refused)).collect();
    let mut custom = Custom::default();
    for field in said.definition.custom {
        custom.set(field.key.to_owned(), field.default_value().unwrap_or_default());
    }
    lay((&R::default(), &custom), None, said, faults)
}

/// Lays a merge patch (RFC 7396) over a record's data and checks the outcome.
pub fn change<R: Resource>(before: (&R, &Custom), said: Said<'_>) -> Result<(R, Custom), Vec<Fault>> {
    let present = document_of(before.0);
    // Who says again what is there changes nothing, as a file that is loaded twice does.
    let changed = said.members.iter().filter(|(key, value)| present.get(*key) != Some(*value));
    let refused = |access| access != Access::Writable;
    let is_issued = said.definition.is_issued(&present);
    let faults = changed.filter_map(|(key, _)| {
        let kept = || is_issued.then(|| Fault::field(key, "issued"));
        member_fault(said.definition, key, refused).or_else(kept)
    });
    let faults = faults.collect();
    lay(before, Some(before), said, faults)
}

/// What an act makes of a record, with what it asks for. Whether it is open in the record's state was asked before.
pub fn act<R: Resource>(before: (&R, &Custom), act: &Act, said: Said<'_>) -> Result<(R, Custom), Vec<Fault>> {
    let asked = said.members;
    let unknown = asked.keys().filter(|key| !act.asks_for(key)).map(|key| Fault::field(key, "unknown_member"));
    // What the record says already was said for another occasion.
    let told = |key: &str| asked.get(key).unwrap_or(&Value::Null);
    let missing = act.asks.iter().filter(|asked| asked.required && is_empty(told(asked.field)));
    let faults = unknown.chain(missing.map(|asked| Fault::field(asked.field, "required"))).collect();
    let mut patch = asked.clone();
    if let (Some(state), Some(to)) = (R::STATE, act.to) {
        patch.insert(state.to_owned(), to.into());
    }
    lay(before, Some(before), Said { members: &patch, ..said }, faults)
}

/// The same where there is nothing but the fields of the program: for its own examples, and for tests.
pub mod own {
    use super::*;

    pub fn create<R: Resource>(members: &Map<String, Value>, at: DateTime<Utc>) -> Result<R, Vec<Fault>> {
        let definition = Definition::of::<R>();
        Ok(super::create(Said { definition: &definition, members, at })?.0)
    }

    pub fn change<R: Resource>(before: &R, members: &Map<String, Value>, at: DateTime<Utc>) -> Result<R, Vec<Fault>> {
        let definition = Definition::of::<R>();
        Ok(super::change((before, &Custom::default()), Said { definition: &definition, members, at })?.0)
    }

    pub fn act<R: Resource>(
        before: &R,
        act: &Act,
        members: &Map<String, Value>,
        at: DateTime<Utc>,
    ) -> Result<R, Vec<Fault>> {
        let definition = Definition::of::<R>();
        Ok(super::act((before, &Custom::default()), act, Said { definition: &definition, members, at })?.0)
    }
}

/// Lays what is said over a record; `faults` are those that were found already.
fn lay<R: Resource>(
    (base, custom): (&R, &Custom),
    before: Option<(&R, &Custom)>,
    Said { definition, members, at }: Said<'_>,
    mut faults: Vec<Fault>,
) -> Result<(R, Custom), Vec<Fault>> {
    let mut document = document_of(base);
    document.extend(custom.0.clone());
    document.extend(members.clone());
    normalise(definition.own_fields(), &mut document);
    let idle = cases::settle(definition, members, &mut document);
    // An act has asked for some already.
    let further = document_faults(definition, &document).into_iter().filter(|fault| !faults.contains(fault));
    faults.extend(further.collect::<Vec<_>>());
    if let Some((_, before)) = before {
        // Nobody has to fill in what was not there yet when the record was made, until somebody does.
        let is_older = |fault: &Fault| {
            let key = fault.pointer.trim_start_matches('/');
            custom::is_key(key) && !before.0.contains_key(key) && members.get(key).is_none_or(Value::is_null)
        };
        faults.retain(|fault| fault.code != "required" || !is_older(fault));
    }
    faults.extend(retired_words(definition, before.map(|(_, custom)| custom), &document));
    if !faults.is_empty() {
        faults.extend(idle);
        return Err(faults);
    }
    fill_empty_lists(definition.fields, &mut document);
    leave_out_numbers(definition.fields, &mut document);
    count_in_places(definition.own_fields(), &mut document);
    let custom = Custom::taken_from(&mut document);
    // What the field list lets pass but the struct does not is a fault of the declaration, told without details.
    let mut data: R =
        serde_json::from_value(Value::Object(document)).map_err(|_| vec![Fault::new("", "wrong_type")])?;
    let before = before.map(|(before, _)| before);
    data.follow(before, at);
    let faults = [idle, data.check(before)].concat();
    if faults.is_empty() { Ok((data, custom)) } else { Err(faults) }
}

/// Words that an administrator retired and that are chosen anew.
fn retired_words(definition: &Definition, before: Option<&Custom>, document: &Map<String, Value>) -> Vec<Fault> {
    let words = |value: Option<&Value>| -> Vec<String> {
        match value {
            Some(Value::String(word)) => vec![word.clone()],
            Some(Value::Array(items)) => items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
            _ => Vec::new(),
        }
    };
    let chosen = definition.custom.iter().filter_map(|field| {
        let made = field.made.filter(|made| !made.words.is_empty())?;
        let held = words(before.and_then(|before| before.0.get(field.key)));
        let anew = words(document.get(field.key)).into_iter().filter(move |word| !held.contains(word));
        // One that nobody knows is told of elsewhere.
        let mut retired = anew.filter(|word| made.word(Locale::Chinese, word).is_some() && !made.offers(word));
        retired.next().map(|_| Fault::field(field.key, "retired"))
    });
    chosen.collect()
}

fn document_of<R: Resource>(record: &R) -> Map<String, Value> {
    match serde_json::to_value(record) {
        Ok(Value::Object(document)) => document,
        _ => Map::new(),
    }
}

/// Why nobody may write a member, if so: it is unknown, or of an access that is refused here.
fn member_fault(definition: &Definition, key: &str, refused: impl Fn(Access) -> bool) -> Option<Fault> {
    match definition.own_field(key) {
        Some(field) if refused(field.access) => Some(Fault::field(key, "read_only")),
        Some(_) => None,
        None if STAMP_FIELDS.iter().any(|field| field.key == key) => Some(Fault::field(key, "read_only")),
        None => Some(Fault::field(key, "unknown_member")),
    }
}

/// Faults of a whole document, field by field.
pub fn document_faults(definition: &Definition, document: &Map<String, Value>) -> Vec<Fault> {
    let value = |field: &Field| document.get(field.key).unwrap_or(&Value::Null);
    let faults = |field: &Field| {
        let asked = Field { required: field.is_required_of(document), ..*field };
        let mut faults = field_faults(&asked, value(field));
        if faults.is_empty() && field.kind == Kind::Amount {
            faults.extend(too_fine(field, value(field), document));
        }
        faults
    };
    definition.own_fields().flat_map(faults).collect()
}

/// An amount with more places than its currency has.
fn too_fine(field: &Field, value: &Value, document: &Map<String, Value>) -> Option<Fault> {
    let currency = document.get("currency").and_then(Value::as_str).and_then(Currency::from_word)?;
    let amount: Decimal = value.as_str()?.parse().ok()?;
    (money::places(amount) > currency.places())
        .then(|| Fault::field(field.key, "too_many_places").with("max", currency.places()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{self, Visitor};
    use crate::relations::Customer;
    use serde_json::json;

    fn faults(patch: Value) -> Vec<(String, String)> {
        let patch = patch.as_object().cloned().unwrap_or_default();
        let faults = own::create::<Customer>(&patch, DateTime::default()).err().unwrap_or_default();
        faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect()
    }

    fn pair(pointer: &str, code: &str) -> (String, String) {
        (pointer.to_owned(), code.to_owned())
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let found = faults(json!({
            "level": "z", "credit_code": "91350100M000100Y44", "phones": ["13812345678", "x"], "version": 3, "nope": 1
        }));
        for expected in [
            pair("/name", "required"),
            pair("/level", "not_a_choice"),
            pair("/credit_code", "not_a_credit_code"),
            pair("/phones/1", "not_a_phone"),
            pair("/version", "read_only"),
            pair("/nope", "unknown_member"),
        ] {
            assert!(found.contains(&expected), "{expected:?} missing in {found:?}");
        }
        assert_eq!(found.len(), 6);
    }

    #[test]
    fn values_are_kept_trimmed_and_codes_in_upper_case() {
        let patch = json!({"name": " 华信 ", "short_name": "  ", "credit_code": "91350100m000100y43", "phones": null});
        let customer: Customer = own::create(patch.as_object().expect("object"), DateTime::default()).expect("valid");
        assert_eq!(customer.name, "华信");
        assert_eq!(customer.short_name, None);
        assert_eq!(customer.credit_code.as_deref(), Some("91350100M000100Y43"));
    }

    #[test]
    fn every_text_is_folded_before_it_is_checked() {
        let patch = json!({
            "name": "华\u{200b}信\n（中国）", "credit_code": "９１３５０１００ｍ０００１００ｙ４３", "phones": ["（021）5888－1234"],
            "emails": ["Ａ＠ｂ．ｃｏｍ"], "postal_code": "５１８０００", "next_contact_on": "２０２６－０１－０５", "notes": "一\r\n二"
        });
        let customer: Customer = own::create(patch.as_object().expect("object"), DateTime::default()).expect("valid");
        assert_eq!((customer.name.as_str(), customer.notes.as_deref()), ("华信 （中国）", Some("一\n二")));
        assert_eq!(customer.credit_code.as_deref(), Some("91350100M000100Y43"));
        assert_eq!((customer.phones, customer.emails), (vec!["(021)5888-1234".to_owned()], vec!["a@b.com".to_owned()]));
        assert_eq!(
            (customer.postal_code.as_deref(), customer.next_contact_on),
            (Some("518000"), "2026-01-05".parse().ok())
        );
    }

    #[test]
    fn damage_is_named_by_its_own_code_for_every_kind_of_text() {
        let kinds = [Kind::Text, Kind::Url, Kind::CreditCode, Kind::IdNumber, Kind::Phone, Kind::Email, Kind::Date];
        for kind in kinds {
            for (text, code) in [
                ("1.38001E+10", "spreadsheet_number"),
                ("#N/A", "spreadsheet_error"),
                ("华\u{fffd}信", "unreadable_character"),
                ("a\0b", "nul_character"),
            ] {
                let found = field_faults(
                    &Field::new("x", kind),
                    &match kind.is_many() {
                        true => json!([text]),
                        false => json!(text),
                    },
                );
                assert_eq!(found.first().map(|fault| fault.code.as_str()), Some(code), "{kind:?} {text}");
            }
        }
        assert_eq!(faults(json!({"name": "\u{3164}\u{200b}"})), [pair("/name", "required")]);
    }

    #[test]
    fn a_year_out_of_reason_is_refused_with_the_years_that_are_not() {
        let found = field_faults(&Field::new("day", Kind::Date), &json!("0026-01-05"));
        assert_eq!(found, [Fault::field("day", "year_out_of_range").with("min", 1900).with("max", 2200)]);
        assert_eq!(field_faults(&Field::new("at", Kind::Instant), &json!("+20266-01-05T00:00:00Z")).len(), 1);
    }

    #[test]
    fn a_masked_value_cannot_be_written_back() {
        assert_eq!(faults(json!({"name": "a", "phones": ["138****5678"]})), [pair("/phones/0", "masked_value")]);
    }

    #[test]
    fn rules_over_several_fields_are_checked_too() {
        let found = faults(json!({"name": "王小明", "kind": "person", "credit_code": "91350100M000100Y43"}));
        assert_eq!(found, [pair("/credit_code", "not_in_this_case")]);
    }

    #[test]
    fn the_personal_values_and_the_number_of_a_resource_are_the_fields_marked_so() {
        struct Agree;
        impl Visitor for Agree {
            fn visit<R: Resource>(&mut self) {
                let mut record = R::default();
                let held: Vec<_> = record.personal().into_iter().map(|(key, _)| key).collect();
                let marked: Vec<_> = R::FIELDS.iter().filter(|field| field.personal).map(|field| field.key).collect();
                assert_eq!(held, marked, "{}", R::NAME);
                let counted = R::FIELDS.iter().any(|field| field.kind == Kind::Amount);
                assert_eq!(record.amounts().is_some(), counted, "{}", R::NAME);
                let numbered = Definition::of::<R>().numbered().is_some();
                assert_eq!(record.number().is_some(), numbered, "{}", R::NAME);
            }
        }
        catalogue::visit(&mut Agree);
    }
}
