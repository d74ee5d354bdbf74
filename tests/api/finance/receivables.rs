//! What was owed at any day: the same for ever, and each figure made of the rows that it opens.

use reqwest::Method;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use tests::{Actor, App};

use super::{act, customer, invoice, made, path, receipt};

const PARTS: [&str; 6] = ["not_due", "days_1_to_30", "days_31_to_60", "days_61_to_90", "over_90_days", "on_account"];

async fn ageing(person: &Actor<'_>, day: &str) -> Vec<Value> {
    let told = person.get(&format!("/api/v1/receivables?as_of={day}")).await;
    assert_eq!(told.status, 200, "{told:?}");
    told.json()["data"].as_array().expect("rows").clone()
}

async fn statement(person: &Actor<'_>, customer: &Value, from: &str, to: &str) -> Value {
    let told = person.get(&format!("{}/statement?from={from}&to={to}", path("customers", customer))).await;
    assert_eq!(told.status, 200, "{told:?}");
    told.json()["data"][0].clone()
}

fn parts(row: &Value) -> Vec<&str> {
    PARTS.iter().map(|part| row[*part]["amount"].as_str().expect("an amount")).collect()
}

fn number(text: &Value) -> Decimal {
    text.as_str().expect("an amount").parse().expect("a number")
}

/// A customer with a year: three invoices, one of them negated, and receipts of which one did not stay.
async fn year(admin: &Actor<'_>) -> Value {
    let buyer = customer(admin, "华信").await;
    let first = invoice(admin, &buyer, "1000", "2026-01-10", "2026-01-31").await;
    let second = invoice(admin, &buyer, "500", "2026-02-10", "2026-03-10").await;
    invoice(admin, &buyer, "80", "2026-03-01", "2026-06-01").await;
    let part = json!([{"invoice_id": first["id"], "amount": "400"}]);
    receipt(admin, &buyer, "450", "2026-02-15", part).await;
    let failed = json!([{"invoice_id": first["id"], "amount": "100"}]);
    let failed = receipt(admin, &buyer, "100", "2026-02-20", failed).await;
    let asked = json!({"reversal_reason": "退票", "reversed_on": "2026-03-05"});
    act(admin, &path("payments", &failed), "reversal", asked).await;
    let red = made(admin, &path("invoices", &second), "correction").await;
    act(admin, &path("invoices", &red), "issue", json!({"issued_on": "2026-04-01"})).await;
    buyer
}

#[tokio::test]
async fn a_past_day_tells_what_was_owed_then_by_its_age() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let buyer = year(&admin).await;
    let expected = [
        ("2026-01-09", None),
        ("2026-01-31", Some((["1000.00", "0.00", "0.00", "0.00", "0.00", "0.00"], "1000.00"))),
        ("2026-02-01", Some((["0.00", "1000.00", "0.00", "0.00", "0.00", "0.00"], "1000.00"))),
        ("2026-02-20", Some((["500.00", "500.00", "0.00", "0.00", "0.00", "50.00"], "950.00"))),
        ("2026-03-05", Some((["580.00", "0.00", "600.00", "0.00", "0.00", "50.00"], "1130.00"))),
        ("2026-03-31", Some((["80.00", "500.00", "600.00", "0.00", "0.00", "50.00"], "1130.00"))),
        ("2026-04-01", Some((["80.00", "0.00", "600.00", "0.00", "0.00", "50.00"], "630.00"))),
        ("2026-05-30", Some((["80.00", "0.00", "0.00", "0.00", "600.00", "50.00"], "630.00"))),
    ];
    for (day, row) in expected {
        let told = ageing(&admin, day).await;
        assert_eq!(told.len(), usize::from(row.is_some()), "{day}: {told:?}");
        let Some((amounts, balance)) = row else { continue };
        assert_eq!((parts(&told[0]), told[0]["balance"].as_str()), (amounts.to_vec(), Some(balance)), "{day}");
        assert_eq!([&told[0]["customer_id"], &told[0]["customer_name"]], [&buyer["id"], &buyer["name"]]);
        let closing = statement(&admin, &buyer, "2026-01-01", day).await;
        assert_eq!(closing["closing"].as_str(), Some(balance), "{day}: the statement closes with the same");
    }
    assert_eq!(ageing(&admin, "2026-03-05").await, ageing(&admin, "2026-03-05").await);
}

#[tokio::test]
async fn each_figure_opens_exactly_its_rows() {
    let app = App::start().await;
    let admin = app.administrator().await;
    year(&admin).await;
    let today = domain::numbering::day(chrono::Utc::now()).to_string();
    let row = ageing(&admin, &today).await[0].clone();
    let mut owed = Decimal::ZERO;
    for part in PARTS {
        let (resource, key) = if part == "on_account" { ("payments", "unallocated") } else { ("invoices", "open") };
        let search = json!({"filter": row[part]["filter"], "limit": 500});
        let list = admin.post(&format!("/api/v1/{resource}/search"), &search).await.json();
        let sum: Decimal = list["data"].as_array().expect("rows").iter().map(|one| number(&one[key])).sum();
        assert_eq!(sum, number(&row[part]["amount"]), "{part}");
        owed += if part == "on_account" { -sum } else { sum };
    }
    assert_eq!(owed, number(&row["balance"]));
}

#[tokio::test]
async fn a_statement_goes_on_where_the_one_before_closed() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let buyer = year(&admin).await;
    let whole = statement(&admin, &buyer, "2026-01-01", "2026-12-31").await;
    let kinds: Vec<_> = whole["lines"].as_array().expect("lines").iter().map(|line| line["kind"].as_str()).collect();
    let expected = ["invoice", "invoice", "receipt", "receipt", "invoice", "reversal", "correction"].map(Some);
    assert_eq!(kinds, expected);
    assert_eq!(
        [&whole["opening"], &whole["debit"], &whole["credit"], &whole["closing"]],
        ["0.00", "1680.00", "1050.00", "630.00"]
    );
    let (first, second) = (
        statement(&admin, &buyer, "2026-01-01", "2026-02-28").await,
        statement(&admin, &buyer, "2026-03-01", "2026-12-31").await,
    );
    assert_eq!((&first["closing"], &second["closing"]), (&second["opening"], &whole["closing"]));
    let line = &second["lines"][0];
    assert_eq!([&line["on"], &line["debit"], &line["credit"]], [&json!("2026-03-01"), &json!("80.00"), &Value::Null]);
    let opened = path(line["resource"].as_str().expect("a resource"), line);
    assert_eq!(admin.get(&opened).await.json()["number"], line["number"]);
    let file = format!("{}/statement/file?from=2026-03-01&to=2026-12-31", path("customers", &buyer));
    let file = admin.get(&file).await;
    assert!(file.header("content-type").starts_with("text/csv"));
    let text = file.text.clone();
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines[0], "currency,on,kind,number,debit,credit,balance");
    assert_eq!((lines[1], lines.len()), ("CNY,,opening,,,,950.00", 6));
    assert!(lines[5].starts_with("CNY,,closing,,180.00,500.00,630.00"), "{text}");
    let turned = admin.get(&format!("{}/statement?from=2026-03-01&to=2026-02-01", path("customers", &buyer))).await;
    assert_eq!(turned.status, 400, "{turned:?}");
}

#[tokio::test]
async fn nobody_is_told_more_than_he_sees() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let seller = admin.colleague(&["sales"], None).await;
    let (hers, other) = (customer(&seller, "自有").await, year(&admin).await);
    let product = admin.create("products", &json!({"name": "信号机"})).await;
    let lines = json!([{"product_id": product["id"], "price": "10"}]);
    let own = seller.create("invoices", &json!({"customer_id": hers["id"], "lines": lines})).await;
    act(&seller, &path("invoices", &own), "issue", json!({"issued_on": "2026-01-10"})).await;
    let seen = ageing(&seller, "2026-03-01").await;
    assert_eq!((seen.len(), &seen[0]["customer_id"]), (1, &hers["id"]), "{seen:?}");
    let hidden = seller.get(&format!("{}/statement", path("customers", &other))).await;
    assert_eq!(hidden.status, 404, "{hidden:?}");

    let role = admin.create("roles", &json!({"name": "看不到金额"})).await;
    let grant = |resource: &str| json!({"resource": resource, "action": "read", "scope": "all"});
    let closed = json!([{"resource": "invoices", "field": "amount", "right": "none"}]);
    let grants = ["invoices", "customers", "payments"].map(grant);
    let rights = json!({"grants": grants, "fields": closed});
    let given = admin.change(Method::PUT, &path("roles", &role), "/rights", &rights).await;
    assert_eq!(given.status, 200, "{given:?}");
    let clerk = admin.colleague_with(&[role["id"].clone()]).await;
    for address in ["/api/v1/receivables".to_owned(), format!("{}/statement", path("customers", &other))] {
        assert_eq!(clerk.get(&address).await.status, 403, "{address}");
    }
}
