//! Payment plans and receipts: what comes in is counted once, never beyond what is open, and never unwritten.

use futures_util::future::join_all;
use serde_json::{Value, json};
use store::platform::reminders;
use tests::{Actor, Answer, App};

use super::{act, customer, faults, made, money, one, order, patch, path, receipt, tried};

#[tokio::test]
async fn an_order_is_planned_and_paid_in_parts_and_nothing_is_typed_again() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let buyer = customer(&admin, "华信").await;
    let order = order(&admin, &buyer, "1000").await;
    let of_order = path("orders", &order);
    let plan = made(&admin, &of_order, "planning").await;
    assert_eq!([&plan["customer_id"], &plan["order_id"]], [&buyer["id"], &order["id"]]);
    assert_eq!([&plan["lines"][0]["due_on"], &plan["amount"]], ["2026-12-20", "1000.00"]);
    let of_plan = path("payment-plans", &plan);
    let lines =
        json!([{"due_on": "2026-01-10", "amount": "600", "note": "首付"}, {"due_on": "2026-02-10", "amount": "400"}]);
    let planned = patch(&admin, &of_plan, json!({"lines": lines})).await.json();
    assert_eq!([&planned["amount"], &planned["open"], &planned["next_due_on"]], ["1000.00", "1000.00", "2026-01-10"]);

    let payment = made(&admin, &of_plan, "receipt").await;
    assert_eq!(
        [&payment["amount"], &payment["status"], &payment["lines"][0]["amount"]],
        ["1000.00", "draft", "1000.00"]
    );
    let of_payment = path("payments", &payment);
    let part = json!({"amount": "700", "lines": [{"plan_id": plan["id"], "amount": "700"}]});
    assert_eq!(patch(&admin, &of_payment, part).await.status, 200);
    assert_eq!(money(&admin, &of_order).await, ["0.00", "1000.00"], "a draft counts for nothing");
    let posted = act(&admin, &of_payment, "posting", json!({})).await.json();
    assert_eq!([&posted["order_ids"], &posted["plan_ids"]], [&json!([order["id"]]), &json!([plan["id"]])]);
    assert_eq!([&posted["allocated"], &posted["unallocated"]], ["700.00", "0.00"]);
    assert_eq!(money(&admin, &of_order).await, ["700.00", "300.00"]);
    let planned = admin.get(&of_plan).await.json();
    assert_eq!([&planned["lines"][0]["open"], &planned["lines"][1]["open"]], ["0.00", "300.00"]);
    assert_eq!(planned["next_due_on"], "2026-02-10");
    let of_it =
        format!("/api/v1/payments?filter[order_ids]={}&filter[status]=posted", order["id"].as_str().expect("a text"));
    assert_eq!(admin.get(&of_it).await.json()["data"][0]["id"], payment["id"], "the figure opens its rows");

    let rest = made(&admin, &of_order, "receipt").await;
    assert_eq!([&rest["amount"], &rest["lines"][0]["order_id"]], [&json!("300.00"), &order["id"]]);
    let rest = act(&admin, &path("payments", &rest), "posting", json!({})).await.json();
    assert_eq!(rest["lines"][0]["plan_id"], plan["id"], "of an order with one plan it pays the plan too");
    assert_eq!((money(&admin, &of_order).await, money(&admin, &of_plan).await), (full(), full()));
    let nothing = tried(&admin, &of_order, "receipt", json!({})).await;
    assert_eq!(nothing.status, 200, "somebody may still write one down");
    let nothing = tried(&admin, nothing.header("location"), "posting", json!({})).await;
    assert_eq!((nothing.status, faults(&nothing)), (422, one("/amount", "required")));
}

fn full() -> [String; 2] {
    ["1000.00".to_owned(), "0.00".to_owned()]
}

/// Posts until there is an answer: who waits too long for his turn is told to come again, and nothing has happened.
async fn posted(person: &Actor<'_>, draft: &str) -> Answer {
    loop {
        let answer = tried(person, draft, "posting", json!({})).await;
        if answer.status != 503 {
            return answer;
        }
    }
}

#[tokio::test]
async fn however_many_post_at_once_no_order_gets_more_than_is_open() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let buyer = customer(&admin, "华信").await;
    let (one_order, other) = (order(&admin, &buyer, "1000").await, order(&admin, &buyer, "1000").await);
    let mut drafts = Vec::new();
    for turn in 0..40 {
        let mut lines =
            [json!({"order_id": one_order["id"], "amount": "70"}), json!({"order_id": other["id"], "amount": "30"})];
        if turn % 2 == 1 {
            lines.reverse();
        }
        let body = json!({"customer_id": buyer["id"], "amount": "100", "lines": lines});
        drafts.push(path("payments", &admin.create("payments", &body).await));
    }
    let answers = join_all(drafts.iter().map(|draft| posted(&admin, draft))).await;
    let posted = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(posted, 14, "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
    for (turn, answer) in answers.iter().enumerate().filter(|(_, answer)| answer.status != 200) {
        let place = format!("/lines/{}/order_id", turn % 2);
        assert_eq!((answer.status, faults(answer)), (422, one(&place, "more_than_open")), "{answer:?}");
    }
    assert_eq!(money(&admin, &path("orders", &one_order)).await, ["980.00", "20.00"]);
    assert_eq!(money(&admin, &path("orders", &other)).await, ["420.00", "580.00"]);
    let client = app.database.connect().await;
    let sum = "select coalesce(sum(l.amount), 0)::text from payment_lines l join payments p on p.id = l.payment_id
        where p.status = 'posted' and l.order_id = $1";
    let id = one_order["id"].as_str().and_then(|id| id.parse::<uuid::Uuid>().ok()).expect("an id");
    let sum: String = client.query_one(sum, &[&id]).await.expect("a sum").get(0);
    assert_eq!(sum.parse::<f64>().ok(), Some(980.0));
}

#[tokio::test]
async fn a_posted_receipt_is_neither_changed_nor_deleted_nor_taken_back_but_reversed() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let buyer = customer(&admin, "华信").await;
    let order = order(&admin, &buyer, "1000").await;
    let of_order = path("orders", &order);
    let paid = receipt(&admin, &buyer, "400", "2026-03-01", json!([{"order_id": order["id"], "amount": "400"}])).await;
    let of_payment = path("payments", &paid);
    let changed = patch(&admin, &of_payment, json!({"amount": "1", "lines": []})).await;
    assert_eq!(changed.status, 422);
    assert_eq!(faults(&changed), [one("/amount", "issued"), one("/lines", "issued")].concat());
    let deleted = admin.change(reqwest::Method::DELETE, &of_payment, "", &json!({})).await;
    assert_eq!((deleted.status, faults(&deleted)), (409, one("/status", "issued")));
    let all = json!({"action": "delete", "ids": [paid["id"]]});
    assert_eq!(admin.post("/api/v1/payments/bulk", &all).await.json()["deleted"], 0);

    let draft =
        json!({"customer_id": buyer["id"], "amount": "50", "lines": [{"order_id": order["id"], "amount": "50"}]});
    let draft = admin.create("payments", &draft).await;
    let bulk = json!({"action": "act", "act": "posting", "ids": [draft["id"]], "set": {}});
    let done = admin.post("/api/v1/payments/bulk", &bulk).await.json();
    assert_eq!(done["updated"], 1, "{done}");
    assert_eq!(money(&admin, &of_order).await, ["450.00", "550.00"]);
    let undo = format!("/api/v1/operations/{}/undo", done["id"].as_str().expect("an operation"));
    admin.post(&undo, &json!({})).await;
    assert_eq!(admin.get(&path("payments", &draft)).await.json()["status"], "posted", "nothing takes it back");
    assert_eq!(money(&admin, &of_order).await, ["450.00", "550.00"], "nor what it counted for");

    let lines = patch(&admin, &of_order, json!({"notes": "已收部分"})).await;
    assert_eq!(lines.status, 200);
    let asked = json!({"reversal_reason": "退票", "reversed_on": "2026-03-05"});
    let reversed = act(&admin, &of_payment, "reversal", asked).await.json();
    assert_eq!([&reversed["status"], &reversed["reversed_on"]], ["reversed", "2026-03-05"]);
    assert_eq!(money(&admin, &of_order).await, ["50.00", "950.00"]);
    let again = patch(&admin, &of_payment, json!({"notes": "x"})).await;
    assert_eq!((again.status, faults(&again)), (422, one("/notes", "issued")));
}

#[tokio::test]
async fn an_allocation_that_does_not_fit_is_told_by_its_place() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let (buyer, stranger) = (customer(&admin, "华信").await, customer(&admin, "远航").await);
    let (own, foreign) = (order(&admin, &buyer, "100").await, order(&admin, &stranger, "100").await);
    let lines = json!([{"order_id": own["id"], "amount": "60"}, {"order_id": own["id"], "amount": "50"}, {"order_id": foreign["id"], "amount": "1"}]);
    let body = json!({"customer_id": buyer["id"], "amount": "111", "lines": lines});
    let draft = admin.create("payments", &body).await;
    let refused = tried(&admin, &path("payments", &draft), "posting", json!({})).await;
    let expected = ["/lines/1/order_id more_than_open", "/lines/2/order_id of_another_customer"];
    let mut found: Vec<String> = faults(&refused).into_iter().map(|(at, code)| format!("{at} {code}")).collect();
    found.sort();
    assert_eq!((refused.status, found), (422, expected.map(str::to_owned).to_vec()));
    assert_eq!(money(&admin, &path("orders", &own)).await, ["0.00", "100.00"]);
    let more =
        json!({"customer_id": buyer["id"], "amount": "10", "lines": [{"order_id": own["id"], "amount": "10.01"}]});
    let more = admin.post("/api/v1/payments", &more).await;
    assert_eq!((more.status, faults(&more)), (422, one("/lines", "more_than_amount")));
    let dollars = json!({"customer_id": buyer["id"], "amount": "10", "currency": "USD", "lines": [{"order_id": own["id"], "amount": "10"}]});
    let dollars = admin.create("payments", &dollars).await;
    let refused = tried(&admin, &path("payments", &dollars), "posting", json!({})).await;
    assert_eq!(faults(&refused), one("/lines/0/order_id", "of_another_currency"));
}

async fn told(person: &Actor<'_>) -> Vec<Value> {
    let list = person.get("/api/v1/notifications?filter[reason]=overdue&expand=about").await.json();
    list["data"].as_array().expect("notifications").clone()
}

#[tokio::test]
async fn whoever_owns_a_plan_is_told_once_of_each_instalment_that_is_overdue() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let seller = admin.colleague(&["sales"], None).await;
    let buyer = customer(&seller, "华信").await;
    let day = |days: i64| json!(domain::numbering::day(chrono::Utc::now()) + chrono::TimeDelta::days(days));
    let lines = json!([{"due_on": day(-3), "amount": "60"}, {"due_on": day(-1), "amount": "40"}, {"due_on": day(0), "amount": "1"}]);
    let plan = seller.create("payment-plans", &json!({"customer_id": buyer["id"], "lines": lines})).await;
    let store = app.store().await;
    let remind = async || reminders::run(&store.system("a test")).await.expect("reminded");
    remind().await;
    remind().await;
    let known = told(&seller).await;
    assert_eq!((known.len(), &known[0]["about"]["id"]), (1, &plan["id"]), "{known:?}");
    assert!(told(&admin).await.is_empty(), "it is nobody else's");
    let overdue = format!(
        "/api/v1/payment-plans?filter[status]=active&filter[next_due_on][lt]={}",
        day(0).as_str().expect("a text")
    );
    assert_eq!(seller.get(&overdue).await.json()["data"][0]["id"], plan["id"]);
    receipt(&seller, &buyer, "60", "2026-03-01", json!([{"plan_id": plan["id"], "amount": "60"}])).await;
    remind().await;
    assert_eq!(told(&seller).await.len(), 2, "of the next one too");
    receipt(&seller, &buyer, "40", "2026-03-02", json!([{"plan_id": plan["id"], "amount": "40"}])).await;
    remind().await;
    assert_eq!(told(&seller).await.len(), 2, "what is due today is not overdue");
    assert!(seller.get(&overdue).await.json()["data"].as_array().expect("plans").is_empty());
}
