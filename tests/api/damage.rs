//! Sealed values that were altered in the database, moved, or put back from before: their field says so, everything else
//! works, and an administrator learns of it.

use domain::CATALOGUE;
use domain::field::{Field, Kind};
use domain::resource::Definition;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Actor, Answer, App, eventually};
use tokio_postgres::Client;
use uuid::Uuid;

/// A good value for a personal field; another for another number.
fn value(field: &Field, number: usize) -> Value {
    let one = match field.kind {
        Kind::Phone | Kind::Phones => format!("1381234567{number}"),
        Kind::Email | Kind::Emails => format!("a{number}@example.com"),
        Kind::IdNumber => ["11010519491231002X", "440524188001010014"][number].to_owned(),
        _ => format!("wangfang{number}"),
    };
    if field.kind.is_many() { json!([one]) } else { json!(one) }
}

fn personal() -> impl Iterator<Item = (&'static Definition, &'static Field)> {
    let fields =
        |of: &'static Definition| of.fields.iter().filter(|field| field.personal).map(move |field| (of, field));
    CATALOGUE.iter().flat_map(fields)
}

async fn record(admin: &Actor<'_>, resource: &Definition, customer: &Value, field: &Field) -> String {
    let mut body = json!({"name": "华信", field.key: value(field, 0)});
    match resource.name {
        "customers" => body["kind"] = json!("person"),
        "contacts" => body["customer_id"] = customer["id"].clone(),
        _ => {}
    }
    let made = admin.create(resource.name, &body).await;
    format!("/api/v1/{}/{}", resource.name, made["id"].as_str().expect("an id"))
}

/// The end of the path is the record's id.
fn id(path: &str) -> &str {
    path.rsplit('/').next().expect("an id")
}

/// Below the change log, as somebody does who has the files.
async fn set(client: &Client, table: &str, path: &str, assignment: &str) {
    let sql = format!(
        "begin; set local zhiyin.resealing = 'on'; update {table} set {assignment} where id = '{}'; commit",
        id(path)
    );
    client.batch_execute(&sql).await.expect("written");
}

async fn kept(client: &Client, table: &str, path: &str, column: &str) -> String {
    let sql = format!("select {column}::text from {table} where id = '{}'", id(path));
    client.query_one(&sql, &[]).await.expect("read").get(0)
}

/// How many fields the page of keys names, once the server had the time to write it down.
async fn named(admin: &Actor<'_>, count: i64) {
    eventually("the page of keys tells of the damage", async || {
        let keys = admin.get("/api/v1/keys").await.json();
        (keys["unreadable"] == count && keys["unreadable_fields"].as_array().map(Vec::len) == Some(count as usize))
            .then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_damaged_value_says_so_and_everything_else_works() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let client = app.database.connect().await;
    let customer = admin.create("customers", &json!({"name": "客户"})).await;
    for (resource, field) in personal() {
        let (key, table) = (field.key, resource.table);
        let path = record(&admin, resource, &customer, field).await;
        let bulk = json!({"action": "edit", "ids": [id(&path)], "set": {"name": "改名"}});
        let edited = admin.post(&format!("/api/v1/{}/bulk", resource.name), &bulk).await.json();
        // One letter of the ciphertext becomes another.
        let column = if field.kind.is_many() { format!("{key}[1]") } else { key.to_owned() };
        let letter = format!("substr({column}, length({column}) - 4, 1)");
        let other = format!("case {letter} when 'A' then 'Q' else 'A' end");
        let other = format!("overlay({column} placing ({other}) from length({column}) - 4)");
        set(&client, table, &path, &format!("{column} = {other}")).await;
        let sealed = kept(&client, table, &path, key).await;

        let found = admin.get(&path).await;
        assert_eq!(found.status, 200, "{key}: {found:?}");
        let empty = if field.kind.is_many() { json!([]) } else { Value::Null };
        assert_eq!((&found.json()[key], &found.json()["unreadable"]), (&empty, &json!([key])));
        let history = admin.get(&format!("{path}/history")).await;
        assert_eq!(history.status, 200, "{history:?}");
        for list in ["?limit=500", "?q=gaiming", "?fields=name"] {
            let list = admin.get(&format!("/api/v1/{}{list}", resource.name)).await.json();
            let rows = list["data"].as_array().expect("rows");
            let row = rows.iter().find(|row| row["id"] == id(&path)).expect("in the list");
            assert_eq!(row["unreadable"], json!([key]), "{row}");
        }
        let exported = json!({"resource": resource.name});
        let request =
            admin.request(Method::POST, "/api/v1/exports").header("idempotency-key", Uuid::new_v4().to_string());
        let accepted = Answer::of(request.json(&exported)).await;
        let job = accepted.header("location").to_owned();
        eventually("it is exported", async || (admin.get(&job).await.json()["state"] == "succeeded").then_some(()))
            .await;
        let refused = admin.change(Method::PATCH, &path, "", &json!({"unreadable": []})).await;
        assert_eq!(refused.status, 422, "nobody writes it back: {refused:?}");
        let undo = format!("/api/v1/operations/{}/undo", edited["id"].as_str().expect("an operation"));
        let undone = admin.post(&undo, &json!({})).await;
        assert_eq!((undone.status, &undone.json()["updated"]), (200, &json!(1)), "{undone:?}");
        assert_eq!(kept(&client, table, &path, key).await, sealed, "who knows how to open it finds it as it was");
        named(&admin, 1).await;

        let mended = admin.change(Method::PATCH, &path, "", &json!({key: value(field, 1)})).await;
        assert_eq!((mended.status, &mended.json()[key]), (200, &value(field, 1)), "{mended:?}");
        assert_eq!(mended.json()["unreadable"], Value::Null);
        assert_eq!(admin.get(&path).await.json(), mended.json());
        named(&admin, 0).await;
    }
}

#[tokio::test]
async fn what_changes_places_or_is_put_back_from_before_is_noticed() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let client = app.database.connect().await;
    let customer = admin.create("customers", &json!({"name": "华信", "phones": ["13812345678", "13900001111"]})).await;
    let path = format!("/api/v1/customers/{}", customer["id"].as_str().expect("an id"));
    let seen = async || {
        let found = admin.get(&path).await.json();
        (found["phones"].clone(), found["unreadable"].clone())
    };
    set(&client, "customers", &path, "phones = array[phones[2], phones[1]]").await;
    assert_eq!(seen().await, (json!([]), json!(["phones"])), "each opens in its own place alone");
    set(&client, "customers", &path, "phones = array[phones[2], phones[1]]").await;
    assert_eq!(seen().await, (json!(["13812345678", "13900001111"]), Value::Null));

    for (resource, field) in personal() {
        let path = record(&admin, resource, &customer, field).await;
        let earlier = kept(&client, resource.table, &path, field.key).await;
        let changed = admin.change(Method::PATCH, &path, "", &json!({field.key: value(field, 1)})).await;
        assert_eq!(changed.status, 200, "{changed:?}");
        set(&client, resource.table, &path, &format!("{} = '{earlier}'", field.key)).await;
        let found = admin.get(&path).await.json();
        assert_eq!(found["unreadable"], json!([field.key]), "{} of before is put back", field.key);
        // Changes of other fields leave it as it is, and the log of before opens.
        let renamed = admin.change(Method::PATCH, &path, "", &json!({"name": "改名"})).await;
        assert_eq!((renamed.status, &renamed.json()["unreadable"]), (200, &json!([field.key])));
        let history = admin.get(&format!("{path}/history")).await.json();
        let told = history["data"][1]["changed"][field.key].clone();
        assert_eq!(told, json!([value(field, 0), value(field, 1)]), "{history}");
    }
}
