//! What an older key sealed is sealed anew: wherever it stands, without a trace, and then the key can go.

use api::platform::keys;
use domain::platform::keys::Purpose;
use domain::relations::Customer;
use reqwest::Method;
use serde_json::{Value, json};
use store::keys::rotation;
use store::{Db, records};
use tests::{Actor, Answer, App, PASSWORD, Phone, eventually, fault_of};
use tokio_postgres::Client;
use uuid::Uuid;

use super::{preview, repeatable};

/// Tables in which a key's seals stand, whoever knows of them: as text, or as bytes that begin with the key's id.
async fn tables_sealed_with(client: &Client, key: &str) -> Vec<String> {
    let bytes: String = key.bytes().map(|byte| format!("{byte:02x}")).collect();
    let tables =
        "select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1";
    let mut sealed = Vec::new();
    for table in client.query(tables, &[]).await.expect("tables") {
        let table: String = table.get(0);
        let query =
            format!("select exists (select from {table} t where t::text ~ '[.]{key}[.]|x{:02x}{bytes}')", key.len());
        if client.query_one(&query, &[]).await.expect("looked").get(0) {
            sealed.push(if table.starts_with("changes_") { "changes".to_owned() } else { table });
        }
    }
    sealed
}

/// Everything that somebody can see of what was sealed.
async fn seen(admin: &Actor<'_>, records: &[String]) -> Vec<(String, String)> {
    let mut seen = Vec::new();
    for path in records {
        for path in [path.clone(), format!("{path}/history")] {
            let answer = admin.get(&path).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            seen.push((answer.header("etag").to_owned(), answer.text));
        }
    }
    let found = admin.get("/api/v1/customers?q=13812345678").await;
    assert_eq!(found.json()["data"].as_array().map(Vec::len), Some(1), "{found:?}");
    seen
}

/// Something sealed in every place that there is.
struct House {
    records: Vec<String>,
    file: Value,
    key: String,
    body: Value,
    phone: Phone,
}

impl House {
    async fn furnish(admin: &Actor<'_>) -> Self {
        let personal = json!({"name": "华信", "credit_code": "91350100M000100Y43", "phones": ["13812345678", "021-58881234"], "emails": ["a@example.com"], "fax": "010-5555"});
        let customer = admin.create("customers", &personal).await["id"].as_str().expect("an id").to_owned();
        let path = format!("/api/v1/customers/{customer}");
        let patch = json!({"phones": ["13812345678", "13900001111"], "fax": null});
        assert_eq!(admin.patch(&path, &admin.etag(&path).await, &patch).await.status, 200);
        let contact = json!({"name": "王芳", "customer_id": customer, "phones": ["13700002222"], "wechat": "wangfang"});
        let contact = admin.create("contacts", &contact).await["id"].as_str().expect("an id").to_owned();
        let lead = admin.create("leads", &json!({"name": "李娜", "phones": ["13700003333"]})).await;
        let lead = format!("/api/v1/leads/{}", lead["id"].as_str().expect("an id"));
        let gone = admin.create("customers", &json!({"name": "旧的", "phones": ["13600003333"]})).await;
        let gone = format!("/api/v1/customers/{}", gone["id"].as_str().expect("an id"));
        assert_eq!(admin.delete(&gone, &admin.etag(&gone).await).await.status, 204);
        let (key, body) = (Uuid::new_v4().to_string(), json!({"name": "一次", "phones": ["13500004444"]}));
        let file = preview(admin, "customers", "客户名称,电话\n新的,13400005555\n").await.json()["file_id"].clone();
        let begun = admin.post("/api/v1/me/second-factor", &json!({"password": PASSWORD})).await.json();
        let phone = Phone::learn(begun["secret"].as_str().expect("a secret"));
        let reveal = json!({"fields": ["phones"], "reason": "回访客户"});
        assert_eq!(admin.post(&format!("{path}/mask-reveal"), &reveal).await.status, 200);
        let export = json!({"resource": "customers", "q": "13812345678"});
        super::ended(admin, &repeatable(admin, "/api/v1/exports", &export).await).await;
        let again = preview(admin, "customers", "名称,代码,电话\n华信,91350100M000100Y43,13400005556\n").await.json();
        let mapping = json!({"名称": "name", "代码": "credit_code", "电话": "phones"});
        let trial =
            json!({"resource": "customers", "mode": "dry_run", "file_id": again["file_id"], "mapping": mapping});
        super::ended(admin, &repeatable(admin, "/api/v1/imports", &trial).await).await;
        let house = Self { records: vec![path, format!("/api/v1/contacts/{contact}"), lead], file, key, body, phone };
        house.repeat(admin).await;
        house
    }

    /// A request that has the effect of one, however often it is sent.
    async fn repeat(&self, admin: &Actor<'_>) -> Value {
        let request = admin.request(Method::POST, "/api/v1/customers").header("idempotency-key", &self.key);
        let answer = Answer::of(request.json(&self.body)).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json()
    }
}

/// Ends a key, or says why not.
async fn withdraw(operator: &Db, id: &str) -> Option<String> {
    fault_of(&operator.write(async |tx| rotation::withdraw(tx, id).await).await)
}

/// How many changes the log tells of, but for those of the keys themselves.
async fn changes(client: &Client) -> i64 {
    let query = "select count(*) from changes where resource <> 'data_keys'";
    client.query_one(query, &[]).await.expect("counted").get(0)
}

#[tokio::test]
async fn what_an_older_key_sealed_is_sealed_anew_without_a_trace_and_the_key_can_go() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let house = House::furnish(&admin).await;
    let client = app.database.connect().await;
    let everywhere = [
        "changes",
        "contacts",
        "customers",
        "file_parts",
        "files",
        "idempotency_keys",
        "jobs",
        "leads",
        "operation_rows",
        "operations",
        "second_factors",
    ];
    assert_eq!(tables_sealed_with(&client, "seal-1").await, everywhere);
    let (before, logged, answer) =
        (seen(&admin, &house.records).await, changes(&client).await, house.repeat(&admin).await);

    let operator = app.store().await.system("test");
    let rotated = operator.write(async |tx| keys::rotate(tx, Purpose::Seal).await);
    assert_eq!(rotated.await.expect("made"), "seal-2");
    client.batch_execute("update data_keys set created_at = created_at - interval '1 minute'").await.expect("aged");
    assert_eq!(withdraw(&operator, "seal-1").await.as_deref(), Some("key_sealing"));
    eventually("all is sealed anew", async || {
        let job = "select 1 from jobs where kind = 'reseal' and state = 'succeeded' and done = total";
        client.query_opt(job, &[]).await.expect("asked").map(|_| ())
    })
    .await;

    assert_eq!(tables_sealed_with(&client, "seal-1").await, [""; 0], "nobody tells the walk of these");
    assert_eq!(tables_sealed_with(&client, "seal-2").await, everywhere);
    assert_eq!((seen(&admin, &house.records).await, changes(&client).await), (before.clone(), logged));
    assert_eq!(withdraw(&operator, "seal-2").await.as_deref(), Some("key_needed"));
    assert_eq!(withdraw(&operator, "seal-1").await, None);
    // A process that starts now has never seen the old key.
    let customer = house.records[0].rsplit('/').next().expect("an id").parse().expect("an id");
    let fresh = app.store().await.system("test");
    let found = records::find::<Customer>(&fresh, customer).await.expect("opened").json();
    assert_eq!(found["phones"], json!(["13812345678", "13900001111"]));
    assert_eq!(house.repeat(&admin).await, answer);
    let import = json!({"resource": "customers", "mode": "create", "file_id": house.file});
    let imported = super::ended(&admin, &repeatable(&admin, "/api/v1/imports", &import).await).await;
    assert_eq!((&imported["state"], &imported["done"]), (&json!("succeeded"), &json!(1)), "{imported}");
    assert_eq!(seen(&admin, &house.records).await, before);
    let confirmation = json!({"code": house.phone.code(0)});
    assert_eq!(admin.post("/api/v1/me/second-factor/confirmation", &confirmation).await.status, 200);
}

#[tokio::test]
async fn a_row_that_somebody_writes_is_sealed_anew_when_they_are_done() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let customer = admin.create("customers", &json!({"name": "华信", "phones": ["13812345678"]})).await;
    let (client, holder) = (app.database.connect().await, app.database.connect().await);
    holder.batch_execute("begin; select 1 from customers for update").await.expect("held");
    let operator = app.store().await.system("test");
    let rotated = operator.write(async |tx| keys::rotate(tx, Purpose::Seal).await);
    rotated.await.expect("made");
    client.batch_execute("update data_keys set created_at = created_at - interval '1 minute'").await.expect("aged");
    eventually("the rest is sealed anew", async || {
        (tables_sealed_with(&client, "seal-1").await == ["customers"]).then_some(())
    })
    .await;
    holder.batch_execute("rollback").await.expect("let go");
    eventually("the row follows", async || tables_sealed_with(&client, "seal-1").await.is_empty().then_some(())).await;
    let path = format!("/api/v1/customers/{}", customer["id"].as_str().expect("an id"));
    assert_eq!(admin.get(&path).await.json(), customer);
}

#[tokio::test]
async fn who_says_to_be_sealing_anew_but_changes_more_is_logged() {
    let app = App::start().await;
    let admin = app.administrator().await;
    admin.create("customers", &json!({"name": "华信"})).await;
    let client = app.database.connect().await;
    let logged = changes(&client).await;
    let lie =
        "begin; set local zhiyin.resealing = 'on'; update customers set name = '鑫盛', version = version + 1; commit";
    client.batch_execute(lie).await.expect("written");
    assert_eq!(changes(&client).await, logged + 1);
}
