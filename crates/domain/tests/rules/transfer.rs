//! How a value of each kind is written into a cell and read from one, and what a column stands for.

use domain::catalogue::definition;
use domain::field::Access;
use domain::platform::users::Locale;
use domain::relations::{Contact, Customer};
use domain::transfer::cells::{cell_of, guarded, masked, unguarded, value_of};
use domain::transfer::columns::guess;
use domain::transfer::{Target, companion};
use domain::{CATALOGUE, Definition, Field, Kind, Resource};
use serde_json::{Value, json};

use crate::kinds::{KINDS, WORDS};

/// What people write into a cell, and the value that it means.
fn row(kind: Kind) -> Vec<(&'static str, Value)> {
    match kind {
        Kind::Phones | Kind::Emails | Kind::References(_) | Kind::Choices(_) => {
            ["a; b", "a；b", "a、b", "a\nb", "a|b", " a ;; b ; "]
                .map(|cell| (cell, json!(["a", "b"])))
                .into_iter()
                .chain([("a", json!(["a"])), (";", json!([]))])
                .collect()
        }
        Kind::Bool => {
            let yes = ["是", "有", "对", "true", "Yes", "y", "1"].map(|cell| (cell, json!(true)));
            let no = ["否", "无", "不", "FALSE", "no", "n", "0"].map(|cell| (cell, json!(false)));
            yes.into_iter().chain(no).chain([("perhaps", json!("perhaps"))]).collect()
        }
        Kind::Integer => vec![("12", json!(12)), ("1,200", json!(1200)), ("-3", json!(-3)), ("1.5", json!("1.5"))],
        Kind::Percent => vec![("12.5", json!("12.5")), ("12.5 %", json!("12.5")), ("x", json!("x"))],
        Kind::Decimal | Kind::Amount => vec![("1,200.50", json!("1200.50")), ("x", json!("x"))],
        Kind::Date => ["2026-01-05", "2026/1/5", "2026.01.05", "2026年1月5日"]
            .map(|cell| (cell, json!("2026-01-05")))
            .into_iter()
            .chain(["5/1/2026", "2026-01", "soon", "2026-x-05"].map(|cell| (cell, json!(cell))))
            .collect(),
        Kind::Choice(_) => vec![("a", json!("a")), ("B", json!("b")), ("c", json!("c"))],
        _ => vec![("as it is", json!("as it is")), ("'=1+1", json!("=1+1"))],
    }
}

#[test]
fn a_cell_of_each_kind_is_read_as_people_write_it() {
    for kind in KINDS {
        let field = Field::new("x", kind);
        for (cell, value) in row(kind) {
            assert_eq!(value_of("customers", &field, cell), value, "{kind:?} {cell}");
            if !cell.starts_with('\'') {
                assert_eq!(value_of("customers", &field, &format!(" {cell} ")), value, "{kind:?} {cell}");
            }
        }
        assert_eq!(value_of("customers", &field, "  "), Value::Null, "{kind:?}");
    }
}

fn customer_field(key: &str) -> &'static Field {
    Customer::FIELDS.iter().find(|field| field.key == key).expect("a field")
}

#[test]
fn a_choice_is_read_by_its_word_and_by_its_label_in_either_language() {
    let level = customer_field("status");
    for cell in ["active", "ACTIVE", "Active", "合作中"] {
        assert_eq!(value_of(Customer::NAME, level, cell), json!("active"), "{cell}");
    }
    assert_eq!(value_of(Customer::NAME, level, "合作"), json!("合作"));
    for (locale, label) in [(Locale::Chinese, "合作中"), (Locale::English, "Active")] {
        assert_eq!(cell_of(Customer::NAME, level, &json!("active"), locale), label);
        assert_eq!(cell_of(Customer::NAME, level, &json!("unheard"), locale), "unheard");
    }
}

#[test]
fn what_goes_out_comes_in_again_unchanged_in_either_language() {
    for kind in KINDS {
        let field = Field::new("x", kind);
        let values = match kind {
            Kind::Bool => vec![json!(true), json!(false)],
            Kind::Integer => vec![json!(0), json!(-12)],
            kind if kind.is_many() => vec![json!(["a", "b"]), json!(["=a"])],
            Kind::Choice(_) => WORDS.iter().map(|word| json!(word)).collect(),
            Kind::ExternalIds => continue,
            _ => vec![json!("a"), json!("=1+1"), json!("'=1"), json!("+86 138")],
        };
        for value in values.into_iter().chain([Value::Null]) {
            for locale in [Locale::Chinese, Locale::English] {
                let cell = cell_of("customers", &field, &value, locale);
                assert_eq!(value_of("customers", &field, &cell), value, "{kind:?} {cell}");
                assert!(!cell.starts_with(['=', '+', '-', '@']) || kind == Kind::Integer, "{cell} is no formula");
            }
        }
    }
    let spoken = |truth: bool, locale| cell_of("customers", &Field::new("x", Kind::Bool), &json!(truth), locale);
    assert_eq!([spoken(true, Locale::Chinese), spoken(false, Locale::Chinese)], ["是", "否"]);
    assert_eq!([spoken(true, Locale::English), spoken(false, Locale::English)], ["yes", "no"]);
}

#[test]
fn every_sign_of_a_formula_is_guarded_and_nothing_else() {
    for sign in ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'] {
        for text in [format!("{sign}1"), format!("'{sign}1"), format!("''{sign}1")] {
            assert_eq!(guarded(&text), format!("'{text}"));
            assert_eq!(unguarded(&guarded(&text)), text);
        }
    }
    for text in ["", "'", "a=1", "'a", "1-2"] {
        assert_eq!(guarded(text), text);
        assert_eq!(unguarded(text), text);
    }
}

#[test]
fn in_lists_of_changes_personal_values_are_masked_before_and_after() {
    let change = json!({"phones": [null, ["13812345678"]], "fax": ["075512345678", null], "city": ["深圳", "上海"]});
    let Value::Object(mut change) = change else { panic!("an object") };
    masked(Customer::FIELDS.iter(), &mut change);
    let shown = json!({"phones": [null, ["138****5678"]], "fax": ["075****5678", null], "city": ["深圳", "上海"]});
    assert_eq!(Value::Object(change), shown);
}

#[test]
fn each_target_of_each_resource_is_known_by_its_name() {
    for resource in CATALOGUE {
        let targets = Target::all(resource);
        for target in &targets {
            assert_eq!(Target::named(resource, &target.to_string()), Some(*target), "{} {target}", resource.name);
            for locale in [Locale::Chinese, Locale::English] {
                assert_ne!(target.label(resource, locale), "", "{} {target}", resource.name);
            }
        }
        let names: Vec<String> = targets.iter().map(Target::to_string).collect();
        let own = resource
            .fields
            .iter()
            .filter(|field| field.access != Access::ReadOnly && field.kind.is_one_cell())
            .map(|field| field.key);
        let others = companion(resource.name)
            .map(|_| ["name", "title", "role", "phones", "emails", "wechat", "id_number", "birthday", "notes"]);
        let others = others.into_iter().flatten().map(|key| format!("contact.{key}"));
        let lines = resource.lines().flat_map(|(lines, columns)| {
            let told = columns.fields.iter().filter(|field| field.access != Access::ReadOnly);
            told.map(move |field| format!("{}.{}", lines.key, field.key))
        });
        let expected: Vec<String> =
            ["external_id"].into_iter().chain(own).map(str::to_owned).chain(lines).chain(others).collect();
        assert_eq!(names, expected, "{}", resource.name);
        assert_eq!(companion(resource.name).is_some(), resource.name == Customer::NAME, "{}", resource.name);
    }
    assert_eq!(Target::named(&definition::<Customer>(), "dragons"), None);
}

#[test]
fn a_column_is_called_by_the_house_as_people_do() {
    let customers = definition::<Customer>();
    for (name, chinese, english) in [
        ("external_id", "外部编号", "External id"),
        ("phones", "电话", "Phones"),
        ("contact.phones", "联系人电话", "contact phones"),
    ] {
        let target = Target::named(&customers, name).expect("a target");
        assert_eq!(target.label(&customers, Locale::Chinese), chinese);
        assert_eq!(target.label(&customers, Locale::English), english);
    }
}

#[test]
fn a_file_needs_the_columns_of_required_fields_that_have_no_default() {
    let needed = |definition: &Definition| -> Vec<String> {
        Target::all(definition).iter().filter(|target| target.is_required()).map(Target::to_string).collect()
    };
    assert_eq!(needed(&definition::<Customer>()), ["name"], "kind and status have one, a contact need not be told");
    assert_eq!(needed(&definition::<Contact>()), ["name", "customer_id"]);
}

#[test]
fn a_heading_is_understood_whatever_its_case_blanks_and_marks_and_each_target_given_once() {
    let guessed = |headers: &[&str]| -> Vec<String> {
        let headers: Vec<String> = headers.iter().map(|header| (*header).to_owned()).collect();
        let found = guess(&definition::<Customer>(), &headers);
        found.into_iter().map(|target| target.map_or_else(String::new, |target| target.to_string())).collect()
    };
    assert_eq!(guessed(&["Postal-Code", "POSTAL CODE", "colour"]), ["postal_code", "", ""]);
    // A borrowed word does not take what has its own column, wherever that stands.
    assert_eq!(guessed(&["Company", "Customer name"]), ["", "name"]);
    assert_eq!(guessed(&["Company", "客户"]), ["name", ""]);
    assert_eq!(guessed(&["手机", "电话"]), ["contact.phones", "phones"]);
    assert_eq!(guessed(&[]), [""; 0]);
}
