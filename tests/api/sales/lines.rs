//! Lines of a document: they travel in it, keep their ids, come back by an undo, and name other records.

use serde_json::{Value, json};
use tests::{Actor, Answer, App};

async fn product(admin: &Actor<'_>, name: &str) -> Value {
    admin.create("products", &json!({"name": name, "code": name, "price": "350"})).await["id"].clone()
}

async fn opportunity(admin: &Actor<'_>, lines: Value) -> Answer {
    let customer = admin.create("customers", &json!({"name": "华信科技"})).await["id"].clone();
    admin.post("/api/v1/opportunities", &json!({"name": "一号项目", "customer_id": customer, "lines": lines})).await
}

fn codes(answer: &Answer) -> Vec<(String, String)> {
    let problem = answer.problem();
    let errors = problem["errors"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    errors.iter().map(|fault| (text(&fault["pointer"]), text(&fault["code"]))).collect()
}

#[tokio::test]
async fn lines_are_replaced_as_a_whole_and_keep_their_ids() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let (pump, valve) = (product(&admin, "pump").await, product(&admin, "valve").await);
    let made = opportunity(&admin, json!([{"product_id": pump, "quantity": "2", "price": "350"}])).await;
    assert_eq!(made.status, 201, "{made:?}");
    let path = made.header("location").to_owned();
    let first = made.json()["lines"][0].clone();
    assert_eq!((made.json()["amount"].as_str(), first["amount"].as_str()), (Some("700.00"), Some("700.00")));

    let mut kept = first.clone();
    kept["discount"] = json!("10");
    let lines = json!([{"product_id": valve, "price": "20.5"}, kept]);
    let changed = admin.patch(&path, made.header("etag"), &json!({"lines": lines})).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let told = changed.json();
    assert_eq!((&told["lines"][1]["id"], told["amount"].as_str()), (&first["id"], Some("650.50")));
    let spread = "select count(*), sum(amount)::text, array_agg(position order by position) from opportunity_lines";
    let row = app.database.connect().await.query_one(spread, &[]).await.expect("the table of lines");
    assert_eq!((row.get::<_, i64>(0), row.get::<_, String>(1)), (2, "650.50".to_owned()));
    assert_eq!(row.get::<_, Vec<i64>>(2), [1, 2]);

    let history = admin.get(&format!("{path}/history")).await.json();
    let logged = &history["data"][0]["changed"]["lines"];
    assert_eq!((logged[0].as_array().map(Vec::len), logged[1].as_array().map(Vec::len)), (Some(1), Some(2)));
}

#[tokio::test]
async fn every_fault_of_a_line_is_told_by_its_place_and_nothing_is_written() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let pump = product(&admin, "pump").await;
    let nobody = "01890000-0000-7000-8000-000000000001";
    let lines = json!([{"product_id": pump, "price": "1"}, {"product_id": pump, "price": "-1", "colour": "red"}]);
    let refused = opportunity(&admin, lines).await;
    let pair = |at: &str, code: &str| (at.to_owned(), code.to_owned());
    assert_eq!(codes(&refused), [pair("/lines/1/colour", "unknown_member"), pair("/lines/1/price", "not_between")]);
    let unknown =
        opportunity(&admin, json!([{"product_id": pump, "price": "1"}, {"product_id": nobody, "price": "1"}]));
    assert_eq!(codes(&unknown.await), [pair("/lines/1/product_id", "not_found")]);
    let foreign = opportunity(&admin, json!([{"id": nobody, "product_id": pump, "price": "1"}])).await;
    assert_eq!(codes(&foreign), [pair("/lines/0/id", "not_found")]);
    let none = admin.get("/api/v1/opportunities?count=exact").await.json();
    assert_eq!(none["page"]["total"], 0);
}

#[tokio::test]
async fn a_product_in_a_line_is_in_use_and_an_undo_brings_lines_back() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let pump = product(&admin, "pump").await;
    let made = opportunity(&admin, json!([{"product_id": pump, "price": "350"}])).await;
    let id = made.json()["id"].clone();
    let path = format!("/api/v1/products/{}", pump.as_str().expect("an id"));
    let refused = admin.delete(&path, &admin.etag(&path).await).await;
    assert_eq!((refused.status, refused.problem()["code"].as_str()), (409, Some("in_use")));
    assert_eq!(refused.problem()["errors"][0]["params"]["resource"], "opportunities");

    let bulk = json!({"action": "edit", "ids": [id], "set": {"lines": [], "amount": "1"}});
    let empty = async || {
        let emptied = admin.post("/api/v1/opportunities/bulk", &bulk).await;
        assert_eq!((emptied.status, &emptied.json()["updated"]), (200, &json!(1)), "{emptied:?}");
        format!("/api/v1/operations/{}/undo", emptied.json()["id"].as_str().expect("an id"))
    };
    let back = admin.post(&empty().await, &json!({})).await;
    assert_eq!(back.json()["updated"], 1, "{back:?}");
    assert_eq!(admin.get(made.header("location")).await.json()["lines"], made.json()["lines"]);
    let undo = empty().await;
    let gone = admin.delete(&path, &admin.etag(&path).await).await;
    assert_eq!(gone.status, 204, "{gone:?}");
    let kept = admin.post(&undo, &json!({})).await.json();
    assert_eq!(kept["rows"][0]["faults"][0]["pointer"], "/lines/0/product_id", "the product is gone: {kept}");
}
