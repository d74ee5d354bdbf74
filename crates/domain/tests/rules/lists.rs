//! What a request for a list may ask for, and how it is written into an address.

use domain::error::Code;
use domain::filter::{Condition, Context, Filter, Op};
use domain::listing::{Count, Listing, MAX_LIMIT, Sort};
use domain::relations::Contact;
use domain::{CATALOGUE, Definition};
use serde_json::json;

fn read(query: &[(&str, &str)]) -> Result<Listing, Vec<(String, String)>> {
    let pairs: Vec<_> = query.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
    Listing::from_query(&pairs).map_err(|error| {
        assert_eq!(error.code, Code::BadParameter);
        error.faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect()
    })
}

fn pair(parameter: &str, code: &str) -> (String, String) {
    (parameter.to_owned(), code.to_owned())
}

#[test]
fn each_parameter_is_read_and_written_back() {
    let nested = r#"{"or":[{"field":"city","op":"eq","value":"深圳"},{"field":"level","op":"in","value":["a","b"]}]}"#;
    for (query, expected) in [
        (("q", "华信"), Listing { q: Some("华信".into()), ..Listing::default() }),
        (("limit", "20"), Listing { limit: Some(20), ..Listing::default() }),
        (("cursor", "abc"), Listing { cursor: Some("abc".into()), ..Listing::default() }),
        (("fields", "name,city"), Listing { fields: Some(vec!["name".into(), "city".into()]), ..Listing::default() }),
        (("expand", "owner,type"), Listing { expand: vec!["owner".into(), "type".into()], ..Listing::default() }),
        (("count", "exact"), Listing { count: Count::Exact, ..Listing::default() }),
        (("count", "estimate"), Listing { count: Count::Estimate, ..Listing::default() }),
        (
            ("sort", "name,-updated_at"),
            Listing {
                sort: vec![String::from("name").into(), String::from("-updated_at").into()],
                ..Listing::default()
            },
        ),
        (("filter", nested), Listing { filter: serde_json::from_str(nested).expect("a filter"), ..Listing::default() }),
    ] {
        let listing = read(&[query]).expect("well formed");
        assert_eq!(listing, expected, "{query:?}");
        assert_eq!(listing.to_query(), [(query.0.to_owned(), query.1.to_owned())], "{query:?}");
    }
    assert_eq!(read(&[]), Ok(Listing::default()));
    assert_eq!(Listing::default().to_query(), []);
    assert_eq!(read(&[("q", "  "), ("sort", ","), ("count", "none")]), Ok(Listing::default()));
    assert_eq!(Sort::from("-name".to_owned()), Sort { field: "name".into(), descending: true });
}

#[test]
fn the_body_of_a_search_says_only_what_was_asked_for() {
    let body = |listing: Listing| serde_json::to_value(listing).expect("JSON");
    assert_eq!(body(Listing::default()), json!({}));
    let asked = Listing { count: Count::Exact, limit: Some(5), ..Listing::default() };
    assert_eq!(body(asked.clone()), json!({"count": "exact", "limit": 5}));
    assert_eq!(serde_json::from_value::<Listing>(body(asked.clone())).expect("a listing"), asked);
}

#[test]
fn simple_and_nested_filters_are_joined() {
    let city = Filter::test("city", Op::Eq, "深圳");
    let level = Filter::test("level", Op::Ne, "a");
    assert_eq!(read(&[("filter[city]", "深圳")]).map(|listing| listing.filter), Ok(city.clone()));
    let nested = serde_json::to_string(&Filter::negate(city.clone())).expect("JSON");
    let both = read(&[("filter[level][ne]", "a"), ("filter", &nested)]).map(|listing| listing.filter);
    assert_eq!(both, Ok(Filter::all(vec![Filter::negate(city), level])));
}

#[test]
fn what_cannot_be_read_is_named() {
    for (query, code) in [
        (("limit", "many"), "not_a_number"),
        (("limit", "-1"), "not_a_number"),
        (("count", "all"), "not_a_choice"),
        (("filter", "{"), "malformed"),
        (("filter[city", "x"), "unknown"),
        (("filter[city][near]", "x"), "unknown"),
        (("colour", "x"), "unknown"),
    ] {
        assert_eq!(read(&[query]), Err(vec![pair(query.0, code)]), "{query:?}");
    }
}

#[test]
fn an_address_has_so_many_comparisons_and_no_more() {
    let keys: Vec<String> = (0..11).map(|number| format!("filter[f{number}]")).collect();
    let query: Vec<(&str, &str)> = keys.iter().map(|key| (key.as_str(), "1")).collect();
    for count in [9, 10] {
        assert!(read(&query[..count]).is_ok(), "{count}");
    }
    assert_eq!(read(&query), Err(vec![pair("filter", "too_many")]));
}

fn told(listing: &Listing) -> Vec<(String, String)> {
    let faults = listing.check(&Definition::of::<Contact>()).err().map(|error| error.faults);
    faults.into_iter().flatten().map(|fault| (fault.pointer, fault.code)).collect()
}

#[test]
fn a_list_is_asked_for_within_its_limits() {
    for (limit, is_good) in [(0, false), (1, true), (MAX_LIMIT, true), (MAX_LIMIT + 1, false)] {
        let expected = if is_good { vec![] } else { vec![pair("limit", "out_of_range")] };
        assert_eq!(told(&Listing { limit: Some(limit), ..Listing::default() }), expected, "{limit}");
    }
    for (count, is_good) in [(99, true), (100, true), (101, false)] {
        let expected = if is_good { vec![] } else { vec![pair("q", "too_long")] };
        assert_eq!(told(&Listing { q: Some("字".repeat(count)), ..Listing::default() }), expected, "{count}");
    }
    for (count, is_good) in [(2, true), (3, true), (4, false)] {
        let expected = if is_good { vec![] } else { vec![pair("sort", "too_many")] };
        assert_eq!(told(&Listing { sort: vec![String::from("name").into(); count], ..Listing::default() }), expected);
    }
    for (count, is_good) in [(19, true), (20, true), (21, false)] {
        let expected = if is_good { vec![] } else { vec![pair("expand", "too_many")] };
        assert_eq!(told(&Listing { expand: vec!["customer".into(); count], ..Listing::default() }), expected);
    }
}

#[test]
fn a_list_is_asked_for_by_what_the_resource_has() {
    let sorted = |key: &str| told(&Listing { sort: vec![key.to_owned().into()], ..Listing::default() });
    assert_eq!(sorted("name"), []);
    for key in ["notes", "colour"] {
        assert_eq!(sorted(key), [pair("sort", "not_sortable")], "{key}");
    }
    let shown = |key: &str| told(&Listing { fields: Some(vec![key.to_owned()]), ..Listing::default() });
    assert_eq!([shown("notes"), shown("version")], [vec![], vec![]]);
    assert_eq!(shown("colour"), [pair("fields", "unknown")]);
    let expanded = |key: &str| told(&Listing { expand: vec![key.to_owned()], ..Listing::default() });
    assert_eq!([expanded("customer"), expanded("created_by"), expanded("owner")], [vec![], vec![], vec![]]);
    for key in ["name", "colour"] {
        assert_eq!(expanded(key), [pair("expand", "unknown")], "{key}");
    }
    assert_eq!(told(&Listing { q: Some("a\0".into()), ..Listing::default() }), [pair("q", "nul_character")]);
}

#[test]
fn every_usual_list_asks_for_what_there_is() {
    let viewer = super::rights::who_reads_all();
    let today = viewer.today;
    for of in CATALOGUE {
        for preset in of.presets {
            let context = Context { definition: of, viewer: Some(&viewer), today, utc_offset: viewer.utc_offset };
            for filter in [preset.filter(), preset.within(None)] {
                Condition::check(&filter, &context)
                    .unwrap_or_else(|error| panic!("{}.{}: {error:?}", of.name, preset.word));
                let listing = Listing { filter, ..Listing::default() };
                assert_eq!(Listing::from_query(&listing.to_query()).expect("well formed"), listing, "the address bar");
            }
            assert_eq!(of.preset(preset.word), Some(preset), "{}.{} stands there twice", of.name, preset.word);
        }
    }
}
