//! Invoices: made without retyping, and negated rather than changed once they are out.

use reqwest::Method;
use serde_json::json;
use tests::{Answer, App};

use super::{act, customer, faults, invoice, made, money, one, order, patch, path, receipt, tried};

#[tokio::test]
async fn an_order_becomes_an_invoice_that_knows_its_buyer_and_is_locked_by_every_door_once_issued() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let buyer = customer(&admin, "华信").await;
    let order = order(&admin, &buyer, "1000").await;
    let draft = made(&admin, &path("orders", &order), "invoicing").await;
    assert_eq!([&draft["order_id"], &draft["customer_id"]], [&order["id"], &buyer["id"]]);
    assert_eq!([&draft["title"], &draft["address"]], [&buyer["name"], &buyer["address"]]);
    assert_eq!(draft["lines"][0]["product_id"], order["lines"][0]["product_id"]);
    let of_invoice = path("invoices", &draft);
    let bank = json!({"tax_id": "91350100M000100Y43", "bank": "工商银行苏州分行", "bank_account": "110 2000 3300"});
    assert_eq!(patch(&admin, &of_invoice, bank).await.status, 200);
    let asked = json!({"tax_number": "25327000000012345678", "issued_on": "2026-03-01", "due_on": "2026-03-31"});
    let issued = act(&admin, &of_invoice, "issue", asked).await.json();
    assert_eq!([&issued["status"], &issued["open"], &issued["due_on"]], ["issued", "1000.00", "2026-03-31"]);

    for body in [json!({"notes": "x"}), json!({"lines": []}), json!({"title": "别家"}), json!({"due_on": null})] {
        let key = body.as_object().and_then(|body| body.keys().next()).expect("a member").clone();
        let refused = patch(&admin, &of_invoice, body).await;
        assert_eq!((refused.status, faults(&refused)), (422, one(&format!("/{key}"), "issued")), "{key}");
    }
    let deleted = admin.change(Method::DELETE, &of_invoice, "", &json!({})).await;
    assert_eq!((deleted.status, faults(&deleted)), (409, one("/status", "issued")));
    let bulk = json!({"action": "edit", "ids": [draft["id"]], "set": {"notes": "x"}});
    assert_eq!(admin.post("/api/v1/invoices/bulk", &bulk).await.json()["updated"], 0);
    let item =
        json!({"items": [{"op": "update", "id": draft["id"], "if_match": issued["etag"], "data": {"notes": "x"}}]});
    let batch = admin.request(Method::POST, "/api/v1/invoices/batch").header("idempotency-key", "one").json(&item);
    let batch = Answer::of(batch).await;
    assert!(batch.text.contains("issued"), "{batch:?}");
    let unissued = patch(&admin, &of_invoice, json!({"status": "draft"})).await;
    assert_eq!((unissued.status, faults(&unissued)), (422, one("/status", "read_only")));
    let now = admin.get(&of_invoice).await.json();
    assert_eq!(now, issued, "it stays as it went out");

    let next = admin.create("invoices", &json!({"customer_id": buyer["id"]})).await;
    assert_eq!([&next["tax_id"], &next["bank"]], [&issued["tax_id"], &issued["bank"]], "as the last of the customer");
    let empty = tried(&admin, &path("invoices", &next), "issue", json!({})).await;
    assert_eq!((empty.status, faults(&empty)), (422, one("/lines", "required")));
    assert_eq!(act(&admin, &path("invoices", &next), "cancellation", json!({})).await.json()["status"], "cancelled");
}

#[tokio::test]
async fn what_was_issued_in_many_is_not_taken_back() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let buyer = customer(&admin, "华信").await;
    let order = order(&admin, &buyer, "10").await;
    let draft = made(&admin, &path("orders", &order), "invoicing").await;
    let bulk = json!({"action": "act", "act": "issue", "ids": [draft["id"]], "set": {}});
    let done = admin.post("/api/v1/invoices/bulk", &bulk).await.json();
    assert_eq!(done["updated"], 1, "{done}");
    let undo = format!("/api/v1/operations/{}/undo", done["id"].as_str().expect("an operation"));
    let undone = admin.post(&undo, &json!({})).await.json();
    assert_eq!((&undone["updated"], &undone["skipped"]), (&json!(0), &json!(1)), "{undone}");
    assert_eq!(admin.get(&path("invoices", &draft)).await.json()["status"], "issued");
}

#[tokio::test]
async fn a_red_letter_invoice_negates_the_first_once_and_each_leads_to_the_other() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let buyer = customer(&admin, "华信").await;
    let first = invoice(&admin, &buyer, "1000", "2026-03-01", "2026-03-31").await;
    let of_first = path("invoices", &first);
    let (red, second) = (made(&admin, &of_first, "correction").await, made(&admin, &of_first, "correction").await);
    assert_eq!([&red["corrects_id"], &red["status"]], [&first["id"], &json!("draft")]);
    assert_eq!([&red["amount"], &red["lines"][0]["quantity"]], ["-1000.00", "-1"]);
    assert_eq!(admin.get(&of_first).await.json()["status"], "issued", "a draft negates nothing");
    let sign = patch(&admin, &path("invoices", &red), json!({"lines": first["lines"]})).await;
    assert_eq!(sign.status, 422, "{sign:?}");
    let issued = act(&admin, &path("invoices", &red), "issue", json!({"issued_on": "2026-04-02"})).await.json();
    assert_eq!([&issued["amount"], &issued["open"]], ["-1000.00", "0.00"]);
    let negated = admin.get(&of_first).await.json();
    assert_eq!([&negated["status"], &negated["open"], &negated["amount"]], ["corrected", "0.00", "1000.00"]);
    let back = format!("/api/v1/invoices?filter[corrects_id]={}", first["id"].as_str().expect("an id"));
    let leading: Vec<_> = admin.get(&back).await.json()["data"].as_array().expect("invoices").clone();
    assert!(leading.iter().any(|one| one["id"] == red["id"]), "from the first to what negates it");
    let twice = tried(&admin, &path("invoices", &second), "issue", json!({})).await;
    assert_eq!((twice.status, faults(&twice)), (409, one("/corrects_id", "wrong_state")));
    let closed = tried(&admin, &of_first, "correction", json!({})).await;
    assert_eq!(closed.status, 409, "{closed:?}");
}

#[tokio::test]
async fn what_money_came_in_for_is_not_negated_under_it() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let buyer = customer(&admin, "华信").await;
    let first = invoice(&admin, &buyer, "1000", "2026-03-01", "2026-03-31").await;
    let of_first = path("invoices", &first);
    let paid =
        receipt(&admin, &buyer, "300", "2026-03-10", json!([{"invoice_id": first["id"], "amount": "300"}])).await;
    assert_eq!(money(&admin, &of_first).await, ["300.00", "700.00"]);
    let red = path("invoices", &made(&admin, &of_first, "correction").await);
    let refused = tried(&admin, &red, "issue", json!({})).await;
    assert_eq!((refused.status, faults(&refused)), (409, one("/corrects_id", "has_receipts")));
    act(&admin, &path("payments", &paid), "reversal", json!({"reversal_reason": "退票"})).await;
    act(&admin, &red, "issue", json!({})).await;
    assert_eq!(admin.get(&of_first).await.json()["status"], "corrected");
}
