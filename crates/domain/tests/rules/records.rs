//! What a record carries, by which id it is known, and how its instants are written.

use std::collections::HashSet;

use domain::check::document_faults;
use domain::platform::{User, users::UserStatus};
use domain::relations::{Contact, Customer, CustomerId};
use domain::resource::{Personal, STAMP_FIELDS};
use domain::text::{codes, phone};
use domain::{Area, CATALOGUE, Definition, Fault, Kind, Record, Resource, Stamp, instant};
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

fn stamp() -> Value {
    json!({
        "id": Uuid::from_u128(7), "version": 3,
        "created_at": "2026-11-21T08:00:00.000000Z", "created_by": null,
        "updated_at": "2026-11-21T08:00:00.123456Z", "updated_by": Uuid::from_u128(8),
        "owner_id": Uuid::from_u128(8), "department_id": null, "external_ids": {"erp": "C-1001"}
    })
}

#[test]
fn a_record_travels_as_one_flat_object_and_comes_back_as_it_was() {
    let read: Stamp = serde_json::from_value(stamp()).expect("a stamp");
    assert_eq!(serde_json::to_value(&read).expect("JSON"), stamp());
    let record = Record { stamp: read, data: Customer { name: "华信".into(), ..Customer::default() } };
    let written = serde_json::to_value(&record).expect("JSON");
    assert_eq!((&written["name"], &written["version"]), (&json!("华信"), &json!(3)));
    assert_eq!(serde_json::from_value::<Record<Customer>>(written).expect("a record"), record);
}

#[test]
fn instants_are_written_with_six_digits_of_a_second_or_not_at_all() {
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Ended(#[serde(with = "instant::option")] Option<chrono::DateTime<chrono::Utc>>);
    for (given, kept) in [
        (json!("2026-11-21T08:00:00+08:00"), json!("2026-11-21T00:00:00.000000Z")),
        (json!("2026-11-21T08:00:00.1234567Z"), json!("2026-11-21T08:00:00.123456Z")),
        (json!(null), json!(null)),
    ] {
        let Ended(at) = serde_json::from_value(given).expect("an instant");
        assert_eq!(serde_json::to_value(Ended(at)).expect("JSON"), kept);
        assert_eq!(at.map(instant::format).map(Value::from), Some(kept).filter(Value::is_string));
    }
}

#[test]
fn an_id_is_known_by_its_number_alone() {
    let (one, other) = (CustomerId::new(Uuid::from_u128(1)), CustomerId::new(Uuid::from_u128(2)));
    assert_eq!(one, one.to_string().parse().expect("an id"));
    assert_eq!((one.uuid(), CustomerId::from(one.uuid())), (Uuid::from_u128(1), one));
    assert_eq!((one.to_string(), format!("{one:?}")), (one.uuid().to_string(), one.uuid().to_string()));
    assert_ne!(one, other);
    assert_eq!(HashSet::from([one, other, one]).len(), 2);
    // A set asks whether two are the same only where their hashes are, so they must differ too.
    assert_ne!(hash_of(one), hash_of(other));
    assert_eq!(serde_json::to_value(one).expect("JSON"), json!(one.uuid()));
    assert_eq!(serde_json::from_value::<CustomerId>(json!(one.uuid())).expect("an id"), one);
    assert!("x".parse::<CustomerId>().is_err() && serde_json::from_value::<CustomerId>(json!("x")).is_err());
}

fn hash_of(id: CustomerId) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

#[test]
fn every_personal_value_can_be_reached_to_be_sealed() {
    let several = || vec!["a".to_owned(), "b".to_owned()];
    let mut contact = Contact { phones: several(), wechat: Some("c".into()), id_number: None, ..Contact::default() };
    for (_, mut personal) in contact.personal() {
        personal.values_mut().for_each(|value| value.push('!'));
    }
    assert_eq!((contact.phones, contact.wechat), (vec!["a!".to_owned(), "b!".to_owned()], Some("c!".to_owned())));
    assert_eq!((contact.emails, contact.id_number), (vec![], None));
    let mut nothing = None;
    assert_eq!(Personal::One(&mut nothing).values_mut().count(), 0);
}

#[test]
fn every_resource_knows_its_own_fields_and_those_of_the_stamp() {
    for resource in CATALOGUE {
        for field in STAMP_FIELDS.iter().chain(resource.fields) {
            assert_eq!(resource.field(field.key), Some(field), "{}", resource.name);
        }
        assert_eq!(resource.field("dragons"), None);
        let usual: Vec<_> = resource.usual_stamp().map(|field| field.key).collect();
        let whose: &[&str] = match (resource.owned, resource.placed) {
            (true, _) => &["owner_id"],
            (false, true) => &["department_id"],
            (false, false) => &[],
        };
        let expected = [whose, &["updated_at"]].concat();
        assert_eq!(usual, expected, "{}", resource.name);
        let title = resource.field(resource.title).expect("a title");
        assert!(title.required, "{} is named to people by it", resource.name);
        for field in resource.fields {
            let Some(case) = field.only_when else { continue };
            let words = resource.own_field(case.field).map(|chosen| chosen.kind);
            let Some(Kind::Choice(words)) = words else { panic!("{}: no choice decides {}", resource.name, field.key) };
            assert!(case.words.iter().all(|word| words.contains(word)), "{} {}", resource.name, field.key);
            assert!(!field.required || field.default.is_some(), "{} {} is empty elsewhere", resource.name, field.key);
        }
        let required = resource.fields.iter().filter(|field| field.required && field.numbered.is_none());
        let missing: Vec<_> = required.map(|field| Fault::field(field.key, "required")).collect();
        assert_eq!(document_faults(resource, &serde_json::Map::new()), missing, "{}", resource.name);
    }
}

#[test]
fn each_area_is_written_as_its_folder_is_called() {
    for area in [
        Area::Relations,
        Area::Sales,
        Area::Catalog,
        Area::Supply,
        Area::Finance,
        Area::Marketing,
        Area::Service,
        Area::Insight,
        Area::Platform,
    ] {
        assert_eq!(json!(area), json!(area.word()));
    }
}

#[test]
fn a_new_record_is_what_a_form_begins_with() {
    let customer = serde_json::to_value(Customer::default()).expect("JSON");
    assert_eq!([&customer["kind"], &customer["status"]], [&json!("company"), &json!("potential")]);
    assert_eq!(User::default().status, UserStatus::Active);
    assert_eq!(Definition::of::<Customer>().table, "customers");
}

#[test]
fn a_username_is_made_of_small_letters_digits_and_three_marks() {
    for letter in ('\0'..='\u{ff}').chain(['李', 'ａ', '\u{200b}']) {
        let user = User { username: letter.to_string(), ..User::default() };
        let is_good = letter.is_ascii_lowercase() || letter.is_ascii_digit() || ".-_".contains(letter);
        let expected = if is_good { vec![] } else { vec![Fault::field("username", "not_a_username")] };
        assert_eq!(user.check(None), expected, "{letter:?}");
    }
}

#[test]
fn a_telephone_dials_the_digits_up_to_the_extension() {
    for (written, dialled) in [
        ("  +86 21 5888", "+86215888"),
        ("86+21", "8621"),
        ("021-5888,9", "0215888"),
        ("021-5888;9", "0215888"),
        ("021-5888/9", "0215888"),
        ("021-5888#9", "0215888"),
        ("021-5888*9", "0215888"),
        ("021-5888转9", "0215888"),
        ("none", ""),
    ] {
        assert_eq!(phone::dialled(written), dialled, "{written}");
    }
    for (phone, is_one) in [("12345", true), ("1234", false), ("1234a", false), ("+1 (23) 45", true), ("12345!", false)]
    {
        assert_eq!(phone::is_phone(phone), is_one, "{phone}");
    }
}

const CREDIT: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/// The text with another character at a place.
fn changed(text: &str, at: usize, with: char) -> String {
    text.chars().enumerate().map(|(place, c)| if place == at { with } else { c }).collect()
}

proptest! {
    #[test]
    fn of_all_last_characters_of_a_credit_code_one_is_right(body in "[0-9A-HJ-NP-RTUWXY]{17}") {
        let right: Vec<_> = CREDIT.chars().map(|c| format!("{body}{c}")).filter(|code| codes::is_credit_code(code)).collect();
        prop_assert_eq!(right.len(), 1);
        for at in 0..18 {
            for c in CREDIT.chars().filter(|c| !right[0][at..].starts_with(*c)) {
                prop_assert!(!codes::is_credit_code(&changed(&right[0], at, c)), "a slip of the pen is found");
            }
        }
    }

    #[test]
    fn of_all_last_characters_of_an_identity_number_one_is_right(body in "[0-9]{17}") {
        let right: Vec<_> = "0123456789X".chars().map(|c| format!("{body}{c}")).filter(|code| codes::is_id_number(code)).collect();
        prop_assert_eq!(right.len(), 1);
        for at in 0..17 {
            for c in "0123456789".chars().filter(|c| !right[0][at..].starts_with(*c)) {
                prop_assert!(!codes::is_id_number(&changed(&right[0], at, c)), "a slip of the pen is found");
            }
        }
    }
}

#[test]
fn codes_of_other_lengths_and_alphabets_are_none() {
    // Their check digits would be right.
    for code in ["", "0", "000000000000000000", "0000000000000000000"] {
        assert_eq!(codes::is_credit_code(code), code.len() == 18, "{code}");
    }
    for number in [
        "",
        "11010519491231002X1",
        "1101051949123100 X",
        "11010519491231002x",
        "二1010519491231002X",
        "A1010519491231002X",
    ] {
        assert!(!codes::is_id_number(number), "{number}");
    }
}
