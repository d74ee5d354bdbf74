//! From a quote to its order and contract, and what stays as it went out.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Actor, Answer, App};

fn path(resource: &str, record: &Value) -> String {
    format!("/api/v1/{resource}/{}", record["id"].as_str().expect("an id"))
}

async fn act(person: &Actor<'_>, path: &str, noun: &str, asked: Value) -> Answer {
    let done = person.change(Method::POST, path, &format!("/{noun}"), &asked).await;
    assert_eq!(done.status, 200, "{noun}: {done:?}");
    done
}

async fn patch(person: &Actor<'_>, path: &str, body: Value) -> Answer {
    person.change(Method::PATCH, path, "", &body).await
}

/// A quote of two lines to a new customer, in draft.
async fn quote(person: &Actor<'_>) -> Value {
    let customer = person.create("customers", &json!({"name": "华信"})).await;
    let product = person.create("products", &json!({"name": "信号机", "price": "100"})).await;
    let lines = json!([
        {"product_id": product["id"], "quantity": "3", "unit": "台", "price": "99.99", "tax_rate": "13"},
        {"product_id": product["id"], "price": "0.05", "discount": "50", "tax_rate": "6"},
    ]);
    let quote =
        json!({"customer_id": customer["id"], "valid_until": "2027-01-31", "terms": "三十天账期", "lines": lines});
    person.create("quotes", &quote).await
}

fn faults(answer: &Answer) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let problem = answer.problem();
    let errors = problem["errors"].as_array().expect("faults").clone();
    errors.iter().map(|fault| (text(&fault["pointer"]), text(&fault["code"]))).collect()
}

#[tokio::test]
async fn lines_tax_and_document_agree_to_the_cent_and_are_told_in_the_currency() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let quote = quote(&admin).await;
    assert_eq!([&quote["net"], &quote["tax"], &quote["amount"]], ["300.00", "39.00", "339.00"]);
    assert_eq!([&quote["lines"][1]["net"], &quote["lines"][1]["tax"]], ["0.03", "0.00"]);
    let within = patch(&admin, &path("quotes", &quote), json!({"prices_include_tax": true})).await.json();
    assert_eq!([&within["net"], &within["tax"], &within["amount"]], ["265.49", "34.51", "300.00"]);
    let said = patch(&admin, &path("quotes", &quote), json!({"amount": "1"})).await;
    assert_eq!((said.status, faults(&said)), (422, vec![("/amount".into(), "read_only".into())]));
    let whole = json!({"of": [{"sum": "amount"}]});
    let summed = admin.post("/api/v1/quotes/summary", &whole).await.json();
    assert_eq!(summed["totals"]["figures"][0], json!({"CNY": "300.00"}), "{summed}");
}

#[tokio::test]
async fn nothing_is_typed_again_from_the_quote_to_the_order_and_the_contract() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let quote = quote(&admin).await;
    let of_quote = path("quotes", &quote);
    act(&admin, &of_quote, "sending", json!({})).await;
    let locked = patch(&admin, &of_quote, json!({"lines": []})).await;
    assert_eq!((locked.status, faults(&locked)), (422, vec![("/lines".into(), "locked".into())]));
    assert_eq!(
        patch(&admin, &of_quote, json!({"notes": "已电话确认"})).await.status,
        200,
        "what is no promise may change"
    );
    act(&admin, &of_quote, "acceptance", json!({})).await;
    let converted = act(&admin, &of_quote, "conversion", json!({})).await;
    let of_order = converted.header("location").to_owned();
    let order = admin.get(&of_order).await.json();
    assert_eq!([&order["quote_id"], &order["customer_id"]], [&quote["id"], &quote["customer_id"]]);
    assert_eq!([&order["net"], &order["tax"], &order["amount"]], ["300.00", "39.00", "339.00"]);
    let bare = |document: &Value| -> Vec<Value> {
        let keys = ["product_id", "quantity", "unit", "price", "discount", "tax_rate", "net", "tax"];
        let lines = document["lines"].as_array().expect("lines").clone();
        lines.iter().map(|line| keys.iter().map(|key| line[*key].clone()).collect()).collect()
    };
    assert_eq!(bare(&order), bare(&quote));
    assert_ne!(order["lines"][0]["id"], quote["lines"][0]["id"]);
    act(&admin, &of_order, "confirmation", json!({})).await;
    let contract = admin.get(act(&admin, &of_order, "contracting", json!({})).await.header("location")).await.json();
    assert_eq!([&contract["order_id"], &contract["name"]], [&order["id"], &order["number"]]);
    assert_eq!([&contract["amount"], &contract["status"]], ["339.00", "draft"]);
    let signed = act(&admin, &path("contracts", &contract), "signing", json!({"signed_on": "2026-11-30"})).await.json();
    assert_eq!([&signed["status"], &signed["signed_on"]], ["signed", "2026-11-30"]);
    let renewed = act(&admin, &path("contracts", &contract), "renewal", json!({})).await;
    let next = admin.get(renewed.header("location")).await.json();
    assert_eq!(
        [&next["renews_id"], &next["status"], &next["signed_on"]],
        [&contract["id"], &json!("draft"), &Value::Null]
    );
}

#[tokio::test]
async fn a_revision_is_a_new_draft_and_the_old_version_stays_readable() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let quote = quote(&admin).await;
    let of_quote = path("quotes", &quote);
    act(&admin, &of_quote, "sending", json!({})).await;
    act(&admin, &of_quote, "decline", json!({"decline_reason": "价格高"})).await;
    let revised = act(&admin, &of_quote, "revision", json!({})).await;
    assert_eq!(revised.json()["status"], "superseded");
    let next = admin.get(revised.header("location")).await.json();
    assert_eq!(
        [&next["revises_id"], &next["status"], &next["decline_reason"]],
        [&quote["id"], &json!("draft"), &Value::Null]
    );
    assert_ne!(next["number"], quote["number"]);
    assert_eq!(patch(&admin, &path("quotes", &next), json!({"lines": []})).await.json()["amount"], "0.00");
    assert_eq!(admin.get(&of_quote).await.json()["amount"], "339.00");
}

#[tokio::test]
async fn who_may_not_make_orders_does_not_make_one_out_of_a_quote() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let quote = quote(&admin).await;
    let of_quote = path("quotes", &quote);
    act(&admin, &of_quote, "sending", json!({})).await;
    act(&admin, &of_quote, "acceptance", json!({})).await;
    let role = admin.create("roles", &json!({"name": "只管报价"})).await;
    let grant = |resource: &str, action: &str| json!({"resource": resource, "action": action, "scope": "all"});
    let grants = [("quotes", "read"), ("quotes", "update"), ("customers", "read"), ("products", "read")];
    let rights = json!({"grants": grants.map(|(resource, action)| grant(resource, action)), "fields": []});
    let given = admin.change(Method::PUT, &path("roles", &role), "/rights", &rights).await;
    assert_eq!(given.status, 200, "{given:?}");
    let clerk = admin.colleague_with(&[role["id"].clone()]).await;
    let refused = clerk.change(Method::POST, &of_quote, "/conversion", &json!({})).await;
    assert_eq!(refused.status, 403, "{refused:?}");
    assert_eq!(admin.get(&of_quote).await.json()["status"], "accepted");
    assert_eq!(admin.get("/api/v1/orders?count=exact").await.json()["page"]["total"], 0);
}

#[tokio::test]
async fn an_order_without_lines_is_not_confirmed_and_a_contract_does_not_end_before_it_begins() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let customer = admin.create("customers", &json!({"name": "华信"})).await;
    let order = admin.create("orders", &json!({"customer_id": customer["id"]})).await;
    let refused = admin.change(Method::POST, &path("orders", &order), "/confirmation", &json!({})).await;
    assert_eq!((refused.status, faults(&refused)), (422, vec![("/lines".into(), "required".into())]));
    let contract =
        json!({"name": "框架协议", "customer_id": customer["id"], "begins_on": "2027-01-01", "ends_on": "2026-12-31"});
    let refused = admin.post("/api/v1/contracts", &contract).await;
    assert_eq!((refused.status, faults(&refused)), (422, vec![("/ends_on".into(), "before_its_beginning".into())]));
}
