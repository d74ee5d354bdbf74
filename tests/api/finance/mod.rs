//! What customers owe, and the money that comes in for it.

mod invoices;
mod receipts;
mod receivables;

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Actor, Answer};

fn path(resource: &str, record: &Value) -> String {
    format!("/api/v1/{resource}/{}", record["id"].as_str().expect("an id"))
}

async fn act(person: &Actor<'_>, path: &str, noun: &str, asked: Value) -> Answer {
    let done = tried(person, path, noun, asked).await;
    assert_eq!(done.status, 200, "{noun}: {done:?}");
    done
}

async fn tried(person: &Actor<'_>, path: &str, noun: &str, asked: Value) -> Answer {
    person.change(Method::POST, path, &format!("/{noun}"), &asked).await
}

async fn patch(person: &Actor<'_>, path: &str, body: Value) -> Answer {
    person.change(Method::PATCH, path, "", &body).await
}

/// The record that an act makes out of another.
async fn made(person: &Actor<'_>, path: &str, noun: &str) -> Value {
    let done = act(person, path, noun, json!({})).await;
    person.get(done.header("location")).await.json()
}

fn faults(answer: &Answer) -> Vec<(String, String)> {
    let problem = answer.problem();
    let faults = problem["errors"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    faults.iter().map(|fault| (text(&fault["pointer"]), text(&fault["code"]))).collect()
}

fn one(pointer: &str, code: &str) -> Vec<(String, String)> {
    vec![(pointer.to_owned(), code.to_owned())]
}

async fn customer(person: &Actor<'_>, name: &str) -> Value {
    person.create("customers", &json!({"name": name, "address": "苏州市工业园区 1 号"})).await
}

/// A confirmed order of a customer over an amount without tax.
async fn order(person: &Actor<'_>, customer: &Value, amount: &str) -> Value {
    let product = person.create("products", &json!({"name": "信号机"})).await;
    let lines = json!([{"product_id": product["id"], "price": amount}]);
    let body = json!({"customer_id": customer["id"], "lines": lines, "deliver_on": "2026-12-20"});
    let order = person.create("orders", &body).await;
    act(person, &path("orders", &order), "confirmation", json!({})).await.json()
}

/// An issued invoice of a customer over an amount without tax.
async fn invoice(person: &Actor<'_>, customer: &Value, amount: &str, issued_on: &str, due_on: &str) -> Value {
    let product = person.create("products", &json!({"name": "信号机"})).await;
    let lines = json!([{"product_id": product["id"], "price": amount}]);
    let invoice = person.create("invoices", &json!({"customer_id": customer["id"], "lines": lines})).await;
    act(person, &path("invoices", &invoice), "issue", json!({"issued_on": issued_on, "due_on": due_on})).await.json()
}

/// A posted receipt with these allocations.
async fn receipt(person: &Actor<'_>, customer: &Value, amount: &str, paid_on: &str, lines: Value) -> Value {
    let body = json!({"customer_id": customer["id"], "amount": amount, "paid_on": paid_on, "lines": lines});
    let payment = person.create("payments", &body).await;
    act(person, &path("payments", &payment), "posting", json!({})).await.json()
}

/// What a document says of its money.
async fn money(person: &Actor<'_>, path: &str) -> [String; 2] {
    let record = person.get(path).await.json();
    ["received", "open"].map(|key| record[key].as_str().unwrap_or("-").to_owned())
}
