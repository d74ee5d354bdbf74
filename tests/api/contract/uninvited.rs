//! Who may do what, as one table that people review; and whoever was given nothing gets nothing, at every operation there
//! is.

use std::collections::BTreeMap;
use std::fmt::Write;

use domain::catalogue::grantable;
use domain::permission::Scope;
use domain::platform::shipped_roles::shipped_roles;
use domain::resource::Verb;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, App};

use super::document::operations;
use super::examples::examples;
use super::samples;
use super::schemas::Schemas;

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/api/contract/rights.txt");

/// A line a permission, with how far each shipped role reaches by it; below it the operations that it opens.
fn table() -> String {
    let roles = shipped_roles();
    let mut opened: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (method, path, operation) in operations() {
        let permission = operation["x-permission"].as_str().unwrap_or("nobody").to_owned();
        let path = path.trim_start_matches("/api/v1").to_owned();
        opened.entry(permission).or_default().push(format!("{method} {path}"));
    }
    let mut table = String::from(
        "Who may do what: how far each role that is shipped reaches by a permission, and what the permission opens.\n\
         Made by `WRITE=1 cargo test -p tests --test api table_of_rights`; a change of it is a change of rights.\n",
    );
    for role in &roles {
        let _ = write!(table, "\n{}: personal fields {}", role.key, role.personal.word());
    }
    let _ = writeln!(table);
    for of in grantable() {
        for action in &of.actions {
            let permission = format!("{}.{}", of.name, action.word());
            let reach = |scope: Scope| {
                let holds = |role: &&_| reaches(role, of.name, *action, scope);
                roles.iter().filter(holds).map(|role| role.key).collect::<Vec<_>>().join(" ")
            };
            let _ = writeln!(table, "\n{permission}");
            for scope in of.scopes.iter().rev() {
                let held = reach(*scope);
                if !held.is_empty() {
                    let _ = writeln!(table, "  {}: {held}", scope.word());
                }
            }
            for operation in opened.remove(&permission).unwrap_or_default() {
                let _ = writeln!(table, "    {operation}");
            }
        }
    }
    for (permission, operations) in opened {
        let _ = writeln!(table, "\n{permission}");
        table.extend(operations.iter().map(|operation| format!("    {operation}\n")));
    }
    table
}

fn reaches(
    role: &domain::platform::shipped_roles::ShippedRole,
    resource: &str,
    action: domain::permission::Action,
    scope: Scope,
) -> bool {
    let grant = role.grants.iter().find(|grant| grant.resource == resource && grant.action == action);
    grant.is_some_and(|grant| grant.scope == scope)
}

#[test]
fn the_table_of_rights_is_the_one_that_was_reviewed() {
    let table = table();
    if std::env::var_os("WRITE").is_some() {
        std::fs::write(TABLE, &table).expect("written");
    }
    let reviewed = std::fs::read_to_string(TABLE).unwrap_or_default();
    let strange: Vec<_> = table.lines().filter(|line| !reviewed.contains(line)).collect();
    assert!(reviewed == table, "tests/api/contract/rights.txt says otherwise, first at {strange:#?}");
}

/// Addresses of records that are there, so that nothing is refused for want of them.
async fn with_records(app: &App) -> impl Fn(&str) -> String {
    let admin = app.sign_in("admin", tests::PASSWORD).await;
    let mut ids: BTreeMap<&str, String> = BTreeMap::new();
    for definition in domain::CATALOGUE {
        let list = admin.get(&format!("/api/v1/{}?limit=1", definition.name)).await.json();
        let record = match &list["data"][0] {
            Value::Null if !definition.verbs.contains(&Verb::Create) => continue,
            Value::Null => samples::create(&admin, definition).await,
            record => record.clone(),
        };
        ids.insert(definition.name, record["id"].as_str().expect("an id").to_owned());
    }
    move |path: &str| {
        let resource = path.split('/').nth(3).unwrap_or_default();
        let id = ids.get(resource).map_or("01900000-0000-7000-8000-000000000000", String::as_str);
        let part = |part| match part {
            "{resource}" => "customers",
            part if str::starts_with(part, "{") => id,
            part => part,
        };
        path.split('/').map(part).collect::<Vec<_>>().join("/")
    }
}

#[tokio::test]
async fn whoever_was_given_nothing_gets_nothing_anywhere() {
    let schemas = Schemas::new();
    let app = App::start().await;
    let admin = app.administrator().await;
    let uninvited = admin.colleague(&[], None).await;
    let address = with_records(&app).await;
    let before = app.database.connect().await;
    let changes = "select count(*) from changes";
    let count: i64 = before.query_one(changes, &[]).await.expect("counted").get(0);
    let mut tried = 0;
    for (method, path, operation) in operations() {
        let permission = operation["x-permission"].as_str().unwrap_or_default();
        if matches!(permission, "public" | "signed_in") {
            continue;
        }
        let query = if path.ends_with("/preview") { "?resource=customers" } else { "" };
        let request = |method: &Method| {
            let request = uninvited.request(method.clone(), &format!("{}{query}", address(&path)));
            request.header("If-Match", "*").header("Idempotency-Key", uuid::Uuid::new_v4().to_string())
        };
        let body = &operation["requestBody"]["content"];
        let mut bodies = examples(&schemas.document, &body["application/json"]);
        bodies.extend(examples(&schemas.document, &body["application/merge-patch+json"]));
        if bodies.is_empty() {
            bodies.push(json!({}));
        }
        for body in bodies {
            let answer = Answer::of(request(&method).json(&body)).await;
            assert_eq!(answer.status, 403, "{method} {path} {body}: {answer:?}");
            tried += 1;
        }
    }
    let after: i64 = before.query_one(changes, &[]).await.expect("counted").get(0);
    assert_eq!(after, count, "somebody who may do nothing changed something");
    assert!(tried > 60, "only {tried} operations were tried");
}
