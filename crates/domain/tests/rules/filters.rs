//! What each operator finds in a field of each kind, and which filters are refused.

use domain::error::Code;
use domain::filter::{Comparison, Condition, Context, Filter, Op, operators};
use domain::relations::Customer;
use domain::{Definition, Field, Kind};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kinds::{KINDS, held};
use crate::rights::viewer;

const ONE: &str = "01930000-0000-7000-8000-000000000001";
const TWO: &str = "01930000-0000-7000-8000-000000000002";
const THREE: &str = "01930000-0000-7000-8000-000000000003";

/// A field of each kind under the name `x`.
fn field(kind: Kind) -> Field {
    Field::new("x", kind).filterable()
}

/// A resource with this one field; what the house keeps of every record comes on top.
fn of(field: Field) -> Definition {
    let fields: &'static [Field] = Box::leak(Box::new([field]));
    Definition { fields, ..Definition::of::<Customer>() }
}

fn context(definition: &Definition) -> Context<'_> {
    Context { definition, viewer: None, today: "2026-11-21".parse().expect("a date"), utc_offset: 8 * 3600 }
}

fn checked(kind: Kind, op: Op, value: impl Into<Value>) -> Result<Condition, String> {
    let definition = of(field(kind));
    Condition::check(&Filter::test("x", op, value), &context(&definition)).map_err(|error| error.faults[0].code.clone())
}

fn passes(condition: &Condition, value: Value) -> bool {
    let Value::Object(record) = json!({ "x": value }) else { panic!("an object") };
    condition.matches(&record)
}

/// Three values of a kind in rising order where it has one, as filters name them and records hold them.
fn three(kind: Kind) -> Option<[Value; 3]> {
    let [low, middle, high] = match kind {
        Kind::Id | Kind::Reference(_) | Kind::References(_) => [ONE, TWO, THREE].map(Value::from),
        Kind::Text | Kind::LongText | Kind::Url => ["ha", "hua", "xin"].map(Value::from),
        Kind::CreditCode => ["91350100M000100Y43", "91350100M000100Y44", "91350100M000100Y45"].map(Value::from),
        Kind::IdNumber => ["110105194912310021", "11010519491231002X", "110105194912310022"].map(Value::from),
        Kind::Phone | Kind::Phones => ["13812345677", "13812345678", "13812345679"].map(Value::from),
        Kind::Email | Kind::Emails => ["a@x.cn", "b@x.cn", "c@x.cn"].map(Value::from),
        Kind::Integer => [-1, 0, 10].map(Value::from),
        Kind::Decimal | Kind::Amount | Kind::Percent => ["-1.5", "0.25", "10"].map(Value::from),
        Kind::Date => ["2026-11-20", "2026-11-21", "2026-11-22"].map(Value::from),
        Kind::Instant => {
            ["2026-11-21T07:59:59Z", "2026-11-21T08:00:00Z", "2026-11-21T08:00:00.000001Z"].map(Value::from)
        }
        Kind::Choice(words) | Kind::Choices(words) => return Some([words[0].into(), words[1].into(), Value::Null]),
        // Two values are all there are, and none.
        Kind::Bool => return Some([false.into(), true.into(), Value::Null]),
        Kind::ExternalIds | Kind::Lines(_) => return None,
    };
    Some([low, middle, high])
}

/// Whether an operator takes a list.
fn asks_many(op: Op) -> bool {
    [Op::In, Op::AllOf, Op::NoneOf].contains(&op)
}

/// Which of three values an operator finds when it is asked with the middle one.
fn finds(op: Op) -> Option<[bool; 3]> {
    match op {
        Op::Eq | Op::In | Op::AllOf => Some([false, true, false]),
        Op::Ne | Op::NoneOf => Some([true, false, true]),
        Op::Gt => Some([false, false, true]),
        Op::Gte => Some([false, true, true]),
        Op::Lt => Some([true, false, false]),
        Op::Lte => Some([true, true, false]),
        // A part of the value, both ends, whether there is one at all: each has a test of its own.
        _ => None,
    }
}

#[test]
fn each_operator_finds_below_at_and_above_what_it_says_in_every_kind() {
    for kind in KINDS {
        let Some(values) = three(kind) else { continue };
        for op in operators(kind, false) {
            let Some(expected) = finds(*op) else { continue };
            let asked = if asks_many(*op) { json!([values[1]]) } else { values[1].clone() };
            let condition = checked(kind, *op, asked).expect("checked");
            let found = values.clone().map(|value| passes(&condition, held(kind, value)));
            assert_eq!(found, expected, "{kind:?} {op:?}");
        }
    }
}

#[test]
fn of_several_values_any_all_or_none_can_be_asked_for() {
    let kind = Kind::References("tags");
    let found = |op, asked: Value| {
        let condition = checked(kind, op, asked).expect("checked");
        [json!([]), json!([ONE]), json!([ONE, TWO]), json!([TWO, THREE])].map(|held| passes(&condition, held))
    };
    assert_eq!(found(Op::In, json!([ONE, TWO])), [false, true, true, true]);
    assert_eq!(found(Op::AllOf, json!([ONE, TWO])), [false, false, true, false]);
    assert_eq!(found(Op::NoneOf, json!([ONE, TWO])), [true, false, false, false]);
    assert_eq!(found(Op::NoneOf, ONE.into()), [true, false, false, true]);
    assert_eq!(found(Op::Eq, ONE.into()), [false, true, true, false]);
    assert_eq!(found(Op::IsNull, true.into()), [true, false, false, false]);
    // Nothing is lacking where nothing is asked for.
    assert_eq!(found(Op::AllOf, json!([])), [true; 4]);
    assert_eq!(found(Op::NoneOf, json!([])), [true; 4]);
    assert_eq!(found(Op::In, json!([])), [false; 4]);
}

#[test]
fn what_is_missing_passes_ne_and_none_of_and_no_other_comparison() {
    for kind in KINDS {
        let Some(values) = three(kind) else { continue };
        for op in operators(kind, false) {
            if finds(*op).is_none() {
                continue;
            }
            let asked = if asks_many(*op) { json!([values[1]]) } else { values[1].clone() };
            let condition = checked(kind, *op, asked).expect("checked");
            for nothing in [json!(null), json!([])] {
                assert_eq!(passes(&condition, nothing), [Op::Ne, Op::NoneOf].contains(op), "{kind:?} {op:?}");
            }
        }
    }
}

#[test]
fn what_is_missing_is_null_and_what_is_there_is_not() {
    for kind in KINDS {
        let Some(values) = three(kind) else { continue };
        for (asked, empty) in [(json!(true), true), (json!("true"), true), (json!(false), false)] {
            let condition = checked(kind, Op::IsNull, asked).expect("checked");
            assert_eq!(passes(&condition, Value::Null), empty, "{kind:?}");
            assert_eq!(passes(&condition, json!([])), empty, "{kind:?}");
            assert_eq!(passes(&condition, held(kind, values[0].clone())), !empty, "{kind:?}");
        }
        assert_eq!(checked(kind, Op::IsNull, "perhaps"), Err("wrong_type".into()), "{kind:?}");
    }
}

#[test]
fn a_list_finds_each_of_its_values_however_it_is_written() {
    for kind in KINDS {
        let Some(values) = three(kind).filter(|_| operators(kind, false).contains(&Op::In)) else { continue };
        let words: Vec<String> = values[..2].iter().map(|value| value.to_string().replace('"', "")).collect();
        for asked in [json!(values[..2]), json!(words.join(" , "))] {
            let condition = checked(kind, Op::In, asked).expect("checked");
            let found = values.clone().map(|value| passes(&condition, held(kind, value)));
            assert_eq!(found, [true, true, false], "{kind:?}");
        }
        assert_eq!(checked(kind, Op::In, 7), Err("wrong_type".into()), "{kind:?}: no list");
        let many = |count: usize| checked(kind, Op::In, json!(vec![&values[0]; count])).map(|_| ());
        assert_eq!([many(499), many(500), many(501)], [Ok(()), Ok(()), Err("wrong_type".into())], "{kind:?}");
    }
}

#[test]
fn beginnings_and_parts_are_found_in_either_case() {
    for kind in KINDS {
        for (op, found) in [(Op::Prefix, [true, true, false, false]), (Op::Contains, [true, true, true, false])] {
            if operators(kind, false).contains(&op) {
                let asked = if kind == Kind::CreditCode { "HU" } else { "hU" };
                let condition = checked(kind, op, asked).expect("checked");
                assert_eq!(
                    ["huaxin", "HUA", "ahu", "hxu"].map(|text| passes(&condition, json!(text))),
                    found,
                    "{kind:?}"
                );
            }
        }
    }
}

#[test]
fn only_texts_are_the_same_in_either_case() {
    for (kind, is_same) in [(Kind::Text, true), (Kind::LongText, true), (Kind::Url, true), (Kind::CreditCode, false)] {
        let condition = checked(kind, Op::Eq, "Huaxin").expect("checked");
        assert_eq!(passes(&condition, held(kind, "hUAXIN")), is_same, "{kind:?}");
    }
    for kind in [Kind::Phone, Kind::Phones] {
        let condition = checked(kind, Op::Eq, "+86 138-1234-5678").expect("checked");
        assert!(passes(&condition, held(kind, "138 1234 5678")), "{kind:?}");
    }
    let condition = checked(Kind::Decimal, Op::Eq, "1.50").expect("checked");
    assert!(passes(&condition, json!(1.5)) && passes(&condition, json!("1.5")));
}

#[test]
fn conditions_are_joined_as_they_say() {
    let definition = of(field(Kind::Integer));
    let at = |number: i64| Filter::test("x", Op::Eq, number);
    let found = |filter: &Filter| {
        let condition = Condition::check(filter, &context(&definition)).expect("checked");
        [1, 2, 3].map(|number| passes(&condition, json!(number)))
    };
    assert_eq!(found(&Filter::any(vec![at(1), at(2)])), [true, true, false]);
    assert_eq!(found(&Filter::all(vec![at(1), at(2)])), [false; 3]);
    assert_eq!(found(&Filter::all(vec![at(2), Filter::test("x", Op::Gt, 1)])), [false, true, false]);
    assert_eq!(found(&Filter::negate(at(2))), [true, false, true]);
    assert_eq!(found(&Filter::default()), [true; 3]);
    assert_eq!(found(&Filter::any(vec![])), [false; 3]);
    assert!(Filter::everything().is_everything() && Filter::all(vec![Filter::everything()]).is_everything());
    for some in [at(1), Filter::all(vec![at(1)]), Filter::any(vec![]), Filter::negate(Filter::everything())] {
        assert!(!some.is_everything(), "{some:?}");
    }
}

#[test]
fn each_kind_has_its_operators_and_personal_fields_know_equality_only() {
    use Op::{AllOf, Contains, Eq, Gt, Gte, In, IsNull, Lt, Lte, Ne, NoneOf, Prefix};
    for kind in KINDS {
        let expected: &[Op] = match kind {
            Kind::Text | Kind::LongText | Kind::Url => &[Eq, Ne, In, Prefix, Contains, IsNull],
            Kind::CreditCode => &[Eq, Ne, In, Prefix, IsNull],
            Kind::Integer | Kind::Decimal | Kind::Amount | Kind::Percent | Kind::Date | Kind::Instant => {
                &[Eq, Ne, In, Gt, Gte, Lt, Lte, IsNull]
            }
            Kind::Bool => &[Eq, Ne, IsNull],
            Kind::Id | Kind::Reference(_) | Kind::Choice(_) => &[Eq, Ne, In, IsNull],
            Kind::References(_) | Kind::Choices(_) => &[Eq, In, AllOf, NoneOf, IsNull],
            Kind::IdNumber | Kind::Phone | Kind::Phones | Kind::Email | Kind::Emails => &[Eq, In, IsNull],
            Kind::ExternalIds | Kind::Lines(_) => &[],
        };
        let mut known = [Eq, Ne, In, AllOf, NoneOf, Gt, Gte, Lt, Lte, Prefix, Contains, IsNull].to_vec();
        known.retain(|op| operators(kind, false).contains(op));
        assert_eq!(known, expected, "{kind:?}");
        assert_eq!(operators(kind, true), [Eq, In, IsNull], "{kind:?}");
        for op in Op::WORDS.iter().filter_map(|word| Op::from_word(word)) {
            if !operators(kind, false).contains(&op) {
                assert_eq!(checked(kind, op, 1), Err("operator_not_allowed".into()), "{kind:?} {op:?}");
            }
        }
    }
}

#[test]
fn a_value_that_is_none_of_its_kind_is_refused() {
    for kind in KINDS {
        let bad: &[Value] = match kind {
            Kind::Bool => &[json!(1), json!("yes"), json!(null)],
            Kind::Integer | Kind::Decimal | Kind::Amount | Kind::Percent => &[json!(true), json!("x"), json!(null)],
            Kind::Date => &[json!(1), json!("2026-02-29"), json!("@someday")],
            Kind::Instant => &[json!(1), json!("2026-02-29"), json!("2026-11-21T08:00:00")],
            Kind::Id | Kind::Reference(_) | Kind::References(_) => &[json!(1), json!("x"), json!("@you"), json!("@me")],
            Kind::Choice(_) | Kind::Choices(_) => &[json!(1), json!("c"), json!("A")],
            Kind::ExternalIds | Kind::Lines(_) => continue,
            _ => &[json!(1), json!(true), json!("a\0b"), json!(null)],
        };
        for value in bad {
            let fault = if value.is_null() { "required" } else { "wrong_type" };
            assert_eq!(checked(kind, Op::Eq, value.clone()), Err(fault.into()), "{kind:?} {value}");
        }
    }
}

#[test]
fn texts_are_looked_for_in_the_form_in_which_they_are_kept() {
    for (kind, asked, kept) in [
        (Kind::CreditCode, " 91350100m000100y43 ", "91350100M000100Y43"),
        (Kind::IdNumber, "11010519491231002x", "11010519491231002X"),
        (Kind::Email, " Wang@X.cn", "wang@x.cn"),
        (Kind::Text, " 华信 ", "华信"),
    ] {
        let condition = checked(kind, Op::Eq, asked).expect("checked");
        assert!(passes(&condition, json!(kept)), "{kind:?}");
    }
}

/// The last moment before a local day, its first, its last, and the first of the next; it is eight hours ahead.
const DAY: [&str; 4] =
    ["2026-11-20T15:59:59.999999Z", "2026-11-20T16:00:00Z", "2026-11-21T15:59:59.999999Z", "2026-11-21T16:00:00Z"];

#[test]
fn a_day_is_compared_with_instants_as_a_whole_from_local_midnight_on() {
    for (op, expected) in [
        (Op::Eq, [false, true, true, false]),
        (Op::Ne, [true, false, false, true]),
        (Op::Lt, [true, false, false, false]),
        (Op::Lte, [true, true, true, false]),
        (Op::Gte, [false, true, true, true]),
        (Op::Gt, [false, false, false, true]),
    ] {
        for day in ["2026-11-21", "@today"] {
            let condition = checked(Kind::Instant, op, day).expect("checked");
            assert_eq!(DAY.map(|at| passes(&condition, json!(at))), expected, "{op:?} {day}");
        }
        let condition = checked(Kind::Date, op, "@today").expect("checked");
        let [before, at, after] = ["2026-11-20", "2026-11-21", "2026-11-22"].map(|day| passes(&condition, json!(day)));
        assert_eq!([before, at, at, after], expected, "{op:?}");
    }
    let text = checked(Kind::Text, Op::Eq, "@today").expect("checked");
    assert!(passes(&text, json!("@today")), "a text is a text");
}

#[test]
fn a_filter_has_so_many_comparisons_and_levels_and_no_more() {
    let definition = of(field(Kind::Integer));
    let test = || Filter::test("x", Op::Eq, 1);
    let refused = |filter: &Filter| {
        let faults = Condition::check(filter, &context(&definition)).err().map(|error| error.faults);
        faults.into_iter().flatten().map(|fault| (fault.pointer, fault.code)).collect::<Vec<_>>()
    };
    for (count, is_much) in [(49, false), (50, false), (51, true)] {
        let found = refused(&Filter::all((0..count).map(|_| test()).collect()));
        assert_eq!(found == [("filter".to_owned(), "too_many".to_owned())], is_much, "{count}");
        assert_eq!(found.is_empty(), !is_much, "{count}");
    }
    let joins: [fn(Filter) -> Filter; 3] =
        [Filter::negate, |part| Filter::all(vec![part]), |part| Filter::any(vec![part])];
    for (levels, is_deep) in [(7, false), (8, false), (9, true)] {
        for join in joins {
            let found = refused(&(0..levels).fold(test(), |part, _| join(part)));
            assert_eq!(found == [("filter".to_owned(), "too_deep".to_owned())], is_deep, "{levels}");
            assert_eq!(found.is_empty(), !is_deep, "{levels}");
        }
    }
}

#[test]
fn every_fault_of_a_filter_is_named_at_its_field_and_each_field_once() {
    let definition = of(Field::new("x", Kind::Integer));
    let tests =
        [("x", 1), ("nope", 1), ("nope", 2), ("version", 1)].map(|(key, value)| Filter::test(key, Op::Eq, value));
    let error = Condition::check(&Filter::all(tests.to_vec()), &context(&definition)).expect_err("refused");
    let found: Vec<_> = error.faults.iter().map(|fault| (fault.pointer.as_str(), fault.code.as_str())).collect();
    let expected = ["filter[x]", "filter[nope]", "filter[version]"].map(|pointer| (pointer, "not_filterable"));
    assert_eq!((error.code, found.as_slice()), (Code::BadParameter, expected.as_slice()));
}

#[test]
fn a_filter_knows_who_asks_and_asks_about_nothing_that_he_may_not_read() {
    let definition = Definition::of::<Customer>();
    let named =
        |key: &str, op, value: &str| Filter::Test(Comparison { field: key.to_owned(), op, value: Value::from(value) });
    let me = viewer();
    let mine = Condition::check(&named("owner_id", Op::Eq, "@me"), &Context::of(&definition, &me)).expect("checked");
    for (owner, is_mine) in [(me.user_id, true), (Uuid::nil(), false)] {
        let Value::Object(record) = json!({ "owner_id": owner }) else { panic!("an object") };
        assert_eq!(mine.matches(&record), is_mine);
    }
    let other = Condition::check(&named("type_id", Op::Eq, "@me"), &Context::of(&definition, &me));
    assert_eq!(other.expect_err("a type is nobody").code, Code::BadParameter);
    let hidden = Condition::check(&named("notes", Op::Contains, "a"), &Context::of(&definition, &me));
    assert_eq!(hidden.expect_err("notes cannot be asked for").code, Code::BadParameter);
    let hidden = Condition::check(&named("city", Op::Eq, "深圳"), &Context::of(&definition, &me));
    assert_eq!(hidden.expect_err("his role hides cities").code, Code::FieldForbidden);
    let today =
        Condition::check(&named("created_at", Op::Eq, "@today"), &Context::of(&definition, &me)).expect("checked");
    let found = DAY.map(|at| {
        let Value::Object(record) = json!({ "created_at": at }) else { panic!("an object") };
        today.matches(&record)
    });
    assert_eq!(found, [false, true, true, false], "the day is the caller's");
}
