//! What a field of each kind takes, what it refuses and with which words, and in which form it is kept.

use chrono::DateTime;
use domain::catalogue::{self, Visitor};
use domain::check::own::{change, create};
use domain::check::{field_faults, normalise, normalise_text};
use domain::field::Access;
use domain::platform::CustomField;
use domain::relations::Customer;
use domain::relations::customers::CustomerKind;
use domain::resource::{ExternalId, STAMP_FIELDS, Verb};
use domain::{CATALOGUE, Definition, Fault, Field, Kind, Resource};
use serde_json::{Map, Value, json};

use crate::kinds::{KINDS, held};

/// Texts that a kind takes, texts that it does not, and what it says then.
type Row = (&'static [&'static str], &'static [&'static str], &'static str);

fn texts(kind: Kind) -> Row {
    match kind {
        Kind::Id | Kind::Reference(_) | Kind::References(_) => (
            &["01930000-0000-7000-8000-000000000001"],
            &["x", "01930000-0000-7000-8000-00000000000", "01930000-0000-7000-8000-00000000000g"],
            "not_an_id",
        ),
        Kind::Text | Kind::LongText => (&["a", "华信", "<b>"], &[], ""),
        Kind::Url => (
            &["https://a", "http://a.cn/b?c=d"],
            &["a.cn", "ftp://a.cn", "https://", "http://", "https:///a", "https://a b"],
            "not_a_url",
        ),
        Kind::CreditCode => (
            &["91350100M000100Y43"],
            &["91350100M000100Y44", "91350100M000100Y4", "9135010OM000100Y43"],
            "not_a_credit_code",
        ),
        Kind::IdNumber => (
            &["11010519491231002X"],
            &["110105194912310021", "11010519491231002", "1101051949123100"],
            "not_an_id_number",
        ),
        Kind::Phone | Kind::Phones => {
            (&["12345", "+86 138-1234-5678", "021-58881234转801"], &["1234", "call me"], "not_a_phone")
        }
        Kind::Email | Kind::Emails => (
            &["a@b.cn", "wang.xm@mail.huaxin.cn"],
            &["a", "@b.cn", "a@", "a@b", "a@b@c.cn", "a b@c.cn", "a@b .cn"],
            "not_an_email",
        ),
        Kind::Decimal | Kind::Amount | Kind::Percent => {
            (&["0", "-1.50", "12.3456"], &["x", "1,000", "1.2.3"], "not_a_number")
        }
        Kind::Date => (&["2026-11-21", "2024-02-29"], &["2026-02-29", "2026-13-01", "someday"], "not_a_date"),
        Kind::Instant => (
            &["2026-11-21T08:00:00Z", "2026-11-21T08:00:00.123456+08:00"],
            &["2026-11-21", "2026-11-21T08:00:00", "2026-11-21T25:00:00Z"],
            "not_an_instant",
        ),
        Kind::Choice(_) | Kind::Choices(_) => (&["a", "b"], &["c", "A", "ab"], "not_a_choice"),
        Kind::Integer | Kind::Bool => (&[], &["1", "true", "x"], "wrong_type"),
        Kind::ExternalIds | Kind::Lines(_) => (&["whatever"], &[], ""),
    }
}

fn codes(field: &Field, value: &Value) -> Vec<String> {
    field_faults(field, value).into_iter().map(|fault| fault.code).collect()
}

#[test]
fn each_kind_takes_its_own_texts_and_names_what_is_wrong_with_others() {
    for kind in KINDS {
        let field = Field::new("x", kind);
        let (taken, refused, code) = texts(kind);
        for text in taken {
            assert_eq!(field_faults(&field, &held(kind, *text)), [], "{kind:?} {text}");
        }
        for text in refused {
            let pointer = if kind.is_many() { "/x/0" } else { "/x" };
            assert_eq!(field_faults(&field, &held(kind, *text)), [Fault::new(pointer, code)], "{kind:?} {text}");
        }
    }
}

#[test]
fn a_value_of_another_type_is_refused_by_each_kind() {
    for kind in KINDS {
        let field = Field::new("x", kind);
        for value in [json!(true), json!(false), json!(1), json!(1.5), json!({"a": 1})] {
            let fits = match kind {
                Kind::Bool => value.is_boolean(),
                Kind::Integer => value.is_i64(),
                kind => !kind.is_one_cell(),
            };
            let expected: &[&str] = if fits { &[] } else { &["wrong_type"] };
            assert_eq!(codes(&field, &held(kind, value.clone())), expected, "{kind:?} {value}");
            if kind.is_many() {
                assert_eq!(field_faults(&field, &value), [Fault::field("x", "wrong_type")], "{kind:?} {value}");
            }
        }
    }
}

#[test]
fn numbers_stay_within_what_their_fields_say() {
    for resource in CATALOGUE {
        let columns = resource.lines().flat_map(|(_, columns)| columns.fields);
        for field in resource.fields.iter().chain(columns) {
            let Some((least, greatest)) = field.range else { continue };
            let number =
                |number: i64| if field.kind == Kind::Integer { json!(number) } else { json!(number.to_string()) };
            for within in [least, greatest] {
                assert_eq!(codes(field, &number(within)), [""; 0], "{}.{} {within}", resource.name, field.key);
            }
            for beyond in [least - 1, greatest + 1] {
                assert_eq!(codes(field, &number(beyond)), ["not_between"], "{}.{} {beyond}", resource.name, field.key);
            }
        }
    }
}

#[test]
fn nothing_is_a_fault_of_required_fields_only() {
    for kind in KINDS {
        for nothing in [json!(null), json!(""), json!([]), json!("00000000-0000-0000-0000-000000000000")] {
            let field = Field::new("x", kind);
            assert_eq!(field_faults(&field, &nothing), [], "{kind:?} {nothing}");
            assert_eq!(
                field_faults(&field.required(), &nothing),
                [Fault::field("x", "required")],
                "{kind:?} {nothing}"
            );
        }
    }
    assert_eq!(codes(&Field::new("x", Kind::Bool).required(), &json!(false)), [""; 0], "no is an answer");
    assert_eq!(codes(&Field::new("x", Kind::Integer).required(), &json!(0)), [""; 0]);
}

/// Whether the rules of texts hold for a kind: the others are no texts.
fn is_text(kind: Kind) -> bool {
    !matches!(kind, Kind::Integer | Kind::Bool | Kind::ExternalIds | Kind::Lines(_))
}

#[test]
fn a_text_is_counted_in_characters_up_to_the_longest_and_no_further() {
    for kind in KINDS.into_iter().filter(|kind| is_text(*kind)) {
        let field = Field::new("x", kind);
        for (length, is_too_long) in [(field.max - 1, false), (field.max, false), (field.max + 1, true)] {
            let found = field_faults(&field, &held(kind, "字".repeat(length)));
            let named = found.iter().any(|fault| fault.code == "too_long");
            assert_eq!(named, is_too_long, "{kind:?} {length}");
            if is_too_long {
                assert_eq!(found[0].params["max"], field.max.to_string(), "{kind:?}");
            }
        }
    }
}

#[test]
fn what_no_database_can_hold_is_refused_in_every_text() {
    for kind in KINDS.into_iter().filter(|kind| is_text(*kind)) {
        assert_eq!(codes(&Field::new("x", kind), &held(kind, "a\0b")), ["nul_character"], "{kind:?}");
    }
}

#[test]
fn what_looks_masked_is_refused_in_personal_fields_of_every_kind_and_nowhere_else() {
    for kind in KINDS.into_iter().filter(|kind| is_text(*kind)) {
        let field = Field::new("x", kind);
        assert_eq!(codes(&field.personal(), &held(kind, "1****2")), ["masked_value"], "{kind:?}");
        assert_ne!(codes(&field, &held(kind, "1****2")), ["masked_value"], "{kind:?}");
    }
}

#[test]
fn a_list_holds_so_many_values_and_no_more_and_names_the_wrong_ones_by_their_place() {
    for kind in KINDS.into_iter().filter(|kind| kind.is_many()) {
        let field = Field::new("x", kind);
        let good = texts(kind).0[0];
        for count in [kind.most() - 1, kind.most()] {
            assert_eq!(field_faults(&field, &json!(vec![good; count])), [], "{kind:?} {count}");
        }
        let many = field_faults(&field, &json!(vec![good; kind.most() + 1]));
        assert_eq!(many, [Fault::field("x", "too_many").with("max", kind.most())], "{kind:?}");
        let pointers: Vec<_> =
            field_faults(&field, &json!([1, good, 2])).into_iter().map(|fault| fault.pointer).collect();
        assert_eq!(pointers, ["/x/0", "/x/2"], "{kind:?}");
    }
}

#[test]
fn each_kind_has_a_form_in_which_it_is_kept() {
    for kind in KINDS {
        let (typed, kept) = match kind {
            Kind::CreditCode => (" 9135 0100m000100y43 ", "91350100M000100Y43"),
            Kind::IdNumber => (" 11010519491231002x ", "11010519491231002X"),
            Kind::Email | Kind::Emails => (" Wang@HuaXin.CN ", "wang@huaxin.cn"),
            Kind::Instant => ("2026-11-21T08:00:00+08:00", "2026-11-21T00:00:00.000000Z"),
            _ => (" Aa b ", "Aa b"),
        };
        assert_eq!(normalise_text(kind, typed), kept, "{kind:?}");
        assert_eq!(normalise_text(kind, kept), kept, "{kind:?} is kept as it is");
    }
    assert_eq!(normalise_text(Kind::Instant, " today "), "today", "the check says what is wrong with it");
}

#[test]
fn a_document_is_brought_into_its_kept_form_value_by_value() {
    let fields =
        [Field::new("code", Kind::CreditCode), Field::new("emails", Kind::Emails), Field::new("city", Kind::Text)];
    let document = json!({"code": "a b", "emails": [" A@b.cn ", " ", null, 3], "city": "  ", "other": " as it is "});
    let Value::Object(mut document) = document else { panic!("an object") };
    normalise(&fields, &mut document);
    let kept = json!({"code": "AB", "emails": ["a@b.cn", 3], "city": null, "other": " as it is "});
    assert_eq!(Value::Object(document), kept);
}

#[test]
fn references_are_kept_once_and_in_the_order_of_their_ids() {
    let [one, two] = ["01930000-0000-7000-8000-000000000001", "01930000-0000-7000-8000-000000000002"];
    let kept = |said: Value| {
        let Value::Object(mut document) = json!({"tag_ids": said}) else { panic!("an object") };
        normalise(&[Field::new("tag_ids", Kind::References("tags"))], &mut document);
        document["tag_ids"].clone()
    };
    assert_eq!(kept(json!([two, one, format!(" {} ", two.to_uppercase()), null])), json!([one, two]));
    assert_eq!(kept(json!([two, "x", one])), json!([two, "x", one]), "the check names what is wrong by its place");
}

/// What must hold of every resource.
fn holds_of<R: Resource>() {
    let told = |patch: Value| -> Vec<(String, String)> {
        let Value::Object(patch) = patch else { panic!("an object") };
        let faults = create::<R>(&patch, DateTime::default()).expect_err("refused");
        faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect()
    };
    let pair = |key: &str, code: &str| (format!("/{key}"), code.to_owned());
    for field in STAMP_FIELDS {
        assert!(told(json!({field.key: "x"})).contains(&pair(field.key, "read_only")), "{} {}", R::NAME, field.key);
    }
    assert!(told(json!({"dragons": 1})).contains(&pair("dragons", "unknown_member")), "{}", R::NAME);
    for field in R::FIELDS {
        let found = told(json!({field.key: {"no": "value"}}));
        assert!(found.contains(&pair(field.key, "wrong_type")), "{} {}: {found:?}", R::NAME, field.key);
        let refused = found.contains(&pair(field.key, "read_only"));
        assert_eq!(refused, field.access == Access::ReadOnly, "{} {}", R::NAME, field.key);
    }
    // What is said by the list and by the type is one answer.
    let Ok(Value::Object(blank)) = serde_json::to_value(R::default()) else { panic!("an object") };
    for field in R::FIELDS {
        let held = blank[field.key].clone();
        let says_nothing = [json!(null), json!(""), json!([]), json!(uuid::Uuid::nil())].contains(&held);
        // Of an amount that has to be said nothing is known yet.
        let says_nothing = says_nothing || (field.is_asked_of_new() && held == json!("0"));
        let held = (!says_nothing).then_some(held);
        assert_eq!(field.default_value(), held, "{} {}", R::NAME, field.key);
    }
    if !R::VERBS.contains(&Verb::Create) {
        return;
    }
    let whole = whole(&Definition::of::<R>());
    let made: R = create(&whole, DateTime::default()).expect("valid");
    assert_eq!(
        change(&made, &Map::new(), DateTime::default()),
        Ok(made.clone()),
        "{}: no change changes nothing",
        R::NAME
    );
    let cleared = |field: &&Field| field.access == Access::Writable && !field.required && field.kind.is_many();
    for field in R::FIELDS.iter().filter(cleared) {
        let cleared =
            change(&made, &Map::from_iter([(field.key.to_owned(), Value::Null)]), DateTime::default()).expect("valid");
        let cleared = serde_json::to_value(cleared).expect("JSON");
        assert_eq!(cleared[field.key], json!([]), "{} {}", R::NAME, field.key);
    }
}

/// A value for each field that a resource asks for, and for each list.
fn whole(definition: &Definition) -> Map<String, Value> {
    let value = |field: &Field| match (field.default_value(), field.kind) {
        (Some(default), _) => default,
        (None, Kind::Choice(words)) => json!(words[0]),
        (None, kind) => held(kind, texts(kind).0[0]),
    };
    let said = definition.fields.iter().filter(|field| field.access != Access::ReadOnly);
    let wanted = said.filter(|field| field.required || field.kind.is_many());
    wanted.map(|field| (field.key.to_owned(), value(field))).collect()
}

#[test]
fn every_resource_refuses_what_it_does_not_know_and_keeps_what_it_does() {
    struct Holds(usize);
    impl Visitor for Holds {
        fn visit<R: Resource>(&mut self) {
            holds_of::<R>();
            self.0 += 1;
        }
    }
    let mut seen = Holds(0);
    catalogue::visit(&mut seen);
    assert_eq!(seen.0, CATALOGUE.len());
}

#[test]
fn a_person_has_no_credit_code_and_a_company_no_identity_number() {
    for (kind, credit_code, id_number) in [("company", None, Some("id_number")), ("person", Some("credit_code"), None)]
    {
        for (key, value, refused) in [
            ("credit_code", "91350100M000100Y43", credit_code.map(|key| Fault::field(key, "not_in_this_case"))),
            ("id_number", "11010519491231002X", id_number.map(|key| Fault::field(key, "not_in_this_case"))),
        ] {
            let Value::Object(patch) = json!({"name": "a", "kind": kind, key: value}) else { panic!("an object") };
            let found = create::<Customer>(&patch, DateTime::default()).err().unwrap_or_default();
            assert_eq!(found, Vec::from_iter(refused), "{kind} {key}");
        }
    }
}

#[test]
fn what_says_nothing_of_a_record_any_more_is_emptied_when_the_case_changes() {
    let body = |value: Value| value.as_object().cloned().expect("an object");
    let company = body(json!({"name": "a", "credit_code": "91350100M000100Y43"}));
    let company: Customer = create(&company, DateTime::default()).expect("valid");
    let person: Customer = change(&company, &body(json!({"kind": "person"})), DateTime::default()).expect("valid");
    assert_eq!(person, Customer { kind: CustomerKind::Person, credit_code: None, ..company.clone() });
    // Who says both at once meant something else.
    let both = body(json!({"kind": "person", "credit_code": "91350100M000100Y43"}));
    let faults = change(&company, &both, DateTime::default()).expect_err("refused");
    assert_eq!(faults, [Fault::field("credit_code", "not_in_this_case")]);
}

#[test]
fn what_one_case_asks_for_is_asked_for_there_alone() {
    let field = |more: Value| {
        let mut body = json!({"label": "a", "resource": "customers"});
        body.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
        create::<CustomField>(body.as_object().expect("an object"), DateTime::default()).err().unwrap_or_default()
    };
    let told = |key: &str, code: &str| vec![Fault::field(key, code)];
    assert_eq!(field(json!({"kind": "reference"})), told("refers_to", "required"));
    assert_eq!(field(json!({"kind": "text", "refers_to": "users"})), told("refers_to", "not_in_this_case"));
    assert_eq!(field(json!({"kind": "choice"})), told("choices", "required"));
    assert_eq!(field(json!({"kind": "date", "is_unique": true})), told("is_unique", "not_in_this_case"));
    // To say what holds anyway is no fault, and rules of the whole record are told together with these.
    assert_eq!(field(json!({"kind": "date", "is_unique": false})), []);
    let several = field(json!({"kind": "text", "key": "no", "least": 3}));
    assert_eq!(several, [Fault::field("least", "not_in_this_case"), Fault::field("key", "not_a_key")]);
}

#[test]
fn a_name_in_another_system_has_two_parts_of_a_certain_length() {
    let long = |length: usize| "字".repeat(length);
    let (system, id) = (ExternalId::LONGEST_SYSTEM, ExternalId::LONGEST_ID);
    for (system, id, expected) in [
        ("erp".to_owned(), "C-1001".to_owned(), vec![]),
        (long(system), long(id), vec![]),
        (long(system + 1), "1".into(), vec![Fault::field("system", "too_long").with("max", system)]),
        ("erp".into(), long(id + 1), vec![Fault::field("id", "too_long").with("max", id)]),
        (" ".into(), String::new(), vec![Fault::field("system", "required"), Fault::field("id", "required")]),
        ("e\0".into(), "\0".into(), vec![Fault::field("system", "nul_character"), Fault::field("id", "nul_character")]),
    ] {
        assert_eq!(ExternalId { system, id }.faults(), expected);
    }
}
