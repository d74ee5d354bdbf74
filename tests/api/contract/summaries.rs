//! Any figure opens exactly the rows behind it, and these add up to it: of every resource, by every field there is to
//! group by, in the eyes of several people.

use std::collections::BTreeMap;

use domain::field::Kind;
use domain::resource::Verb;
use domain::summary::{Period, is_groupable, measures, needs_period};
use domain::{CATALOGUE, Definition, Field};
use serde_json::{Value, json};
use tests::{Actor, App};

use super::samples;

fn listed() -> impl Iterator<Item = &'static Definition> {
    // Of what comes about by itself there is nothing here.
    CATALOGUE.iter().filter(|resource| [Verb::List, Verb::Create].iter().all(|verb| resource.verbs.contains(verb)))
}

/// Whatever records can be grouped by.
fn groupings(of: &Definition) -> Vec<Value> {
    let periods =
        |field: &Field| Period::WORDS.iter().map(|period| json!({"field": field.key, "period": period})).collect();
    let groupable = of.all_fields().filter(|field| is_groupable(field));
    groupable.flat_map(|field| if needs_period(field.kind) { periods(field) } else { vec![json!(field.key)] }).collect()
}

/// Records that differ from each other in whatever they may.
async fn various(admin: &Actor<'_>, of: &'static Definition) {
    for row in 0..7 {
        let mut draft = samples::draft(admin, of).await;
        for field in of.fields.iter().filter(|field| field.access == domain::field::Access::Writable) {
            let value = match field.kind {
                Kind::Choice(words) => json!(words[row % words.len()]),
                // It would be asked of every record that comes after it.
                Kind::Bool if field.key == "is_required" => continue,
                Kind::Bool => json!(row % 2 == 0),
                Kind::Date => json!(format!("2026-{:02}-{:02}", row % 5 + 8, row * 4 + 1)),
                Kind::Integer => json!(row),
                Kind::Decimal | Kind::Amount => json!(format!("{row}.25")),
                Kind::Text if is_groupable(field) && !field.required => json!(["Suzhou", "suzhou", "佛山"][row % 3]),
                _ => continue,
            };
            if field.required || row < 5 {
                draft[field.key] = value;
            }
        }
        let answer = admin.post(&format!("/api/v1/{}", of.name), &draft).await;
        // Not all that single fields take is taken together.
        assert!([201, 409, 422].contains(&answer.status), "{}: {answer:?}", of.name);
    }
}

async fn summary(actor: &Actor<'_>, of: &Definition, body: &Value) -> Value {
    let answer = actor.post(&format!("/api/v1/{}/summary", of.name), body).await;
    assert_eq!(answer.status, 200, "{} {body}: {answer:?}", of.name);
    answer.json()
}

/// The records that a filter finds, and how many are counted.
async fn opened(actor: &Actor<'_>, of: &Definition, filter: &Value) -> (i64, Vec<Value>) {
    let body = json!({"filter": filter, "count": "exact", "limit": 500});
    let answer = actor.post(&format!("/api/v1/{}/search", of.name), &body).await;
    assert_eq!(answer.status, 200, "{} {filter}: {answer:?}", of.name);
    let list = answer.json();
    (list["page"]["total"].as_i64().expect("a total"), list["data"].as_array().expect("rows").clone())
}

/// What is asked of each group: the number of records, and up to four figures.
fn asked(of: &Definition) -> Vec<Value> {
    let figures = of.all_fields().flat_map(|field| measures(field).iter().map(move |word| json!({*word: field.key})));
    [json!("count")].into_iter().chain(figures.take(4)).collect()
}

/// The same figure worked out over records one by one.
fn worked_out(of: &Definition, figure: &Value, records: &[Value]) -> Value {
    let Some((word, key)) = figure.as_object().and_then(|figure| figure.iter().next()) else {
        return json!(records.len());
    };
    let field = of.field(key.as_str().expect("a key")).expect("a field");
    let held = |record: &Value| match &record[field.key] {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    if field.kind != Kind::Amount {
        return told(word, field, records.iter().filter_map(held).collect());
    }
    let mut by_currency: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for record in records {
        by_currency.entry(record["currency"].as_str().expect("a currency")).or_default().extend(held(record));
    }
    by_currency.retain(|_, values| !values.is_empty());
    by_currency.into_iter().map(|(currency, values)| (currency, told(word, field, values))).collect()
}

fn told(word: &str, field: &Field, values: Vec<String>) -> Value {
    if !field.kind.is_number() {
        let end = if word == "min" { values.into_iter().min() } else { values.into_iter().max() };
        return json!(end);
    }
    let numbers: Vec<rust_decimal::Decimal> = values.iter().map(|value| value.parse().expect("a number")).collect();
    let sum: rust_decimal::Decimal = numbers.iter().sum();
    match word {
        "sum" => json!(sum.normalize().to_string()),
        "avg" if numbers.is_empty() => Value::Null,
        "avg" => json!((sum / rust_decimal::Decimal::from(numbers.len())).round_dp(2).normalize().to_string()),
        "min" => json!(numbers.iter().min().map(|number| number.normalize().to_string())),
        _ => json!(numbers.iter().max().map(|number| number.normalize().to_string())),
    }
}

/// A figure in the one form in which both sides are compared.
fn plain(figure: &Value) -> Value {
    match figure {
        Value::String(text) => match text.parse::<rust_decimal::Decimal>() {
            Ok(number) => json!(number.round_dp(2).normalize().to_string()),
            Err(_) => figure.clone(),
        },
        Value::Object(amounts) => amounts.iter().map(|(currency, amount)| (currency.clone(), plain(amount))).collect(),
        other => other.clone(),
    }
}

/// Asks for a summary, and whether each of its figures opens just its rows and says just what is in them.
async fn adds_up(actor: &Actor<'_>, of: &Definition, by: Value, filter: &Value) -> usize {
    let figures = asked(of);
    let told = summary(actor, of, &json!({"filter": filter, "by": by, "of": figures})).await;
    let groups = told["groups"].as_array().expect("groups");
    assert_eq!(told["cut"], false, "{} by {by}", of.name);
    let mut counted = 0;
    for group in groups.iter().chain([&told["totals"]]) {
        let (total, records) = opened(actor, of, &group["filter"]).await;
        assert_eq!(group["figures"][0], total, "{} by {by}: {group} opens others", of.name);
        for (figure, said) in figures.iter().zip(group["figures"].as_array().expect("figures")) {
            let expected = plain(&worked_out(of, figure, &records));
            assert_eq!(plain(said), expected, "{} by {by}, {figure}: {group}", of.name);
        }
        counted += total;
    }
    let total = told["totals"]["figures"][0].as_i64().expect("a number");
    assert_eq!(counted, if by == json!([]) { total } else { 2 * total }, "{} by {by}: {told}", of.name);
    groups.len()
}

#[tokio::test]
async fn every_figure_opens_exactly_its_rows_and_these_add_up_to_it() {
    let app = App::start().await;
    let admin = app.administrator().await;
    for of in listed() {
        various(&admin, of).await;
    }
    let seller = admin.colleague(&["sales"], None).await;
    admin.create("customers", &json!({"name": "苏州丝绸", "owner_id": seller.id, "city": "苏州"})).await;
    let mut groups = 0;
    for of in listed() {
        let everything = json!({"and": []});
        let narrowed = json!({"or": [{"field": "created_at", "op": "lte", "value": "@today"}, {"field": "id", "op": "is_null", "value": true}]});
        for filter in [&everything, &narrowed] {
            adds_up(&admin, of, json!([]), filter).await;
        }
        let all = groupings(of);
        for (at, by) in all.iter().enumerate() {
            groups += adds_up(&admin, of, json!([by]), &everything).await;
            adds_up(&admin, of, json!([by, all[(at + 3) % all.len()]]), &narrowed).await;
            if ["customers", "contacts"].contains(&of.name) {
                adds_up(&seller, of, json!([by]), &everything).await;
            }
        }
    }
    assert!(groups > 100, "only {groups} groups were looked at");
}

#[tokio::test]
async fn meta_tells_what_can_be_grouped_and_added_up_and_nothing_else_is() {
    let app = App::start().await;
    let admin = app.administrator().await;
    for of in listed() {
        let meta = admin.get(&format!("/api/v1/meta/{}", of.name)).await.json();
        for field in meta["fields"].as_array().expect("fields") {
            let key = field["key"].as_str().expect("a key");
            let kind = of.field(key).expect("a field").kind;
            let by = if needs_period(kind) { json!({"field": key, "period": "year"}) } else { json!(key) };
            let asks = [(json!({"by": [by]}), field["groupable"] == true)].into_iter().chain(
                ["sum", "avg", "min", "max"].map(|word| {
                    let told = field["measures"].as_array().is_some_and(|told| told.contains(&json!(word)));
                    (json!({"of": [{word: key}]}), told)
                }),
            );
            for (body, is_told) in asks {
                let answer = admin.post(&format!("/api/v1/{}/summary", of.name), &body).await;
                assert_eq!(answer.status, if is_told { 200 } else { 400 }, "{} {body}: {answer:?}", of.name);
            }
        }
    }
}

#[tokio::test]
async fn a_summary_with_many_faults_is_told_them_all() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let body = json!({
        "by": ["nope", {"field": "level", "period": "month"}, "created_at"],
        "of": [{"sum": "name"}, "count", {"max": "created_at"}],
        "filter": {"field": "level", "op": "eq", "value": "z"},
        "limit": 201,
    });
    let refused = admin.post("/api/v1/customers/summary", &body).await;
    assert_eq!(refused.status, 400, "{refused:?}");
    let problem = refused.problem();
    let faults = problem["errors"].as_array().expect("faults");
    let told: Vec<_> = faults.iter().map(|fault| (fault["pointer"].as_str(), fault["code"].as_str())).collect();
    let expected = [
        ("/by", "too_many"),
        ("/limit", "out_of_range"),
        ("/by/0", "not_groupable"),
        ("/by/1/period", "not_groupable"),
        ("/by/2/period", "required"),
        ("/of/0", "not_summable"),
        ("filter[level]", "wrong_type"),
    ];
    assert_eq!(told, expected.map(|(pointer, code)| (Some(pointer), Some(code))), "{refused:?}");
    let twice = admin.post("/api/v1/customers/summary", &json!({"by": ["level", "level"], "of": []})).await;
    assert_eq!(twice.problem()["errors"].as_array().map(Vec::len), Some(2), "{twice:?}");
}

#[tokio::test]
async fn more_groups_than_are_wanted_are_cut_and_the_totals_are_of_all() {
    let app = App::start().await;
    let admin = app.administrator().await;
    for row in 0..12 {
        admin.create("customers", &json!({"name": format!("客户{row}"), "city": format!("城{}", row % 4), "level": if row < 6 { "b" } else { "a" }})).await;
    }
    let customers = domain::catalogue::find("customers").expect("customers");
    let told = summary(&admin, customers, &json!({"by": ["city"], "limit": 2})).await;
    assert_eq!((&told["cut"], told["groups"].as_array().map(Vec::len)), (&json!(true), Some(2)), "{told}");
    assert_eq!(told["totals"]["figures"], json!([12]));
    let told = summary(&admin, customers, &json!({"by": ["level"]})).await;
    let levels: Vec<_> =
        told["groups"].as_array().expect("groups").iter().map(|group| &group["keys"][0]["value"]).collect();
    assert_eq!(levels, ["a", "b"], "choices stand as they are declared: {told}");
    let told = summary(&admin, customers, &json!({"by": ["owner_id"], "q": "客户1"})).await;
    assert_eq!(told["groups"][0]["figures"], json!([3]), "{told}");
    assert_eq!(told["groups"][0]["keys"][0]["value"], json!(admin.id), "{told}");
    assert!(told["groups"][0]["keys"][0]["title"].is_string(), "{told}");
    let deep = (0..8).fold(json!({"field": "city", "op": "eq", "value": "x"}), |inner, _| json!({"not": inner}));
    let refused = admin.post("/api/v1/customers/summary", &json!({"filter": deep, "by": ["level"]})).await;
    assert_eq!(refused.problem()["errors"][0]["code"], "too_deep", "a group that no list could open: {refused:?}");
}
