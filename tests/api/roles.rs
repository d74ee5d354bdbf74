//! Handing out roles and rights.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Actor, Answer, App, eventually};

fn grant(resource: &str, action: &str, scope: &str) -> Value {
    json!({"resource": resource, "action": action, "scope": scope})
}

/// Somebody who may look after people and roles, but not more than that.
async fn clerk<'a>(administrator: &'a Actor<'a>) -> Actor<'a> {
    let role = administrator.post("/api/v1/roles", &json!({"name": "人事", "personal": "masked"})).await.json();
    let role = role["id"].as_str().expect("an id").to_owned();
    let grants: Vec<_> = ["users", "roles"]
        .iter()
        .flat_map(|resource| ["read", "create", "update"].map(|action| grant(resource, action, "all")))
        .chain([grant("customers", "read", "own")])
        .collect();
    let path = format!("/api/v1/roles/{role}");
    let set = administrator.change(Method::PUT, &path, "/rights", &json!({"grants": grants, "fields": []})).await;
    assert_eq!(set.status, 200, "{set:?}");
    let clerk = administrator.colleague(&["auditor"], None).await;
    let given = json!({"roles": [role]});
    let given = administrator.change(Method::PUT, &format!("/api/v1/users/{}", clerk.id), "/roles", &given).await;
    assert_eq!(given.status, 200, "{given:?}");
    eventually("the server asks again who the caller is", async || {
        (clerk.post("/api/v1/users", &json!({})).await.status == 422).then_some(())
    })
    .await;
    clerk
}

#[tokio::test]
async fn nobody_hands_out_more_than_they_hold() {
    let app = App::start().await;
    let administrator = app.administrator().await;
    let clerk = clerk(&administrator).await;
    let user = clerk.new_user("newcomer").await;
    assert_eq!(clerk.give_roles(&user, &["administrator"]).await.status, 403);
    assert_eq!(clerk.give_roles(&clerk.id, &["sales"]).await.status, 403);
    let role = clerk.post("/api/v1/roles", &json!({"name": "小组", "personal": "masked"})).await;
    assert_eq!(role.status, 201, "{role:?}");
    let role = format!("/api/v1/roles/{}", role.json()["id"].as_str().expect("an id"));
    let rights = |grants: Vec<Value>| json!({"grants": grants, "fields": []});
    let narrow = clerk.change(Method::PUT, &role, "/rights", &rights(vec![grant("customers", "read", "own")])).await;
    assert_eq!(narrow.status, 200, "{narrow:?}");
    for wide in [grant("customers", "read", "all"), grant("customers", "delete", "own")] {
        assert_eq!(clerk.change(Method::PUT, &role, "/rights", &rights(vec![wide])).await.status, 403);
    }
    assert_eq!(clerk.change(Method::PATCH, &role, "", &json!({"personal": "write"})).await.status, 403);
    let administrator = format!("/api/v1/users/{}", administrator.id);
    let stolen = clerk.change(Method::POST, &administrator, "/password", &json!({})).await;
    assert_eq!(stolen.status, 403, "whoever can set an administrator's password is one");
    assert_eq!(Answer::of(clerk.request(Method::DELETE, &format!("{administrator}/sessions"))).await.status, 403);
}

#[tokio::test]
async fn a_change_of_role_acts_within_five_seconds() {
    let app = App::start().await;
    let administrator = app.administrator().await;
    let seller = administrator.colleague(&["sales"], None).await;
    assert_eq!(seller.get("/api/v1/customers").await.status, 200);
    assert_eq!(administrator.give_roles(&seller.id, &[]).await.status, 200);
    let start = std::time::Instant::now();
    while seller.get("/api/v1/customers").await.status != 403 {
        assert!(start.elapsed().as_secs() < 5, "still allowed");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn roles_and_rights_are_guarded_by_the_version_of_their_record() {
    let app = App::start().await;
    let administrator = app.administrator().await;
    let user = administrator.new_user("wangfang").await;
    let path = format!("/api/v1/users/{user}");
    let old = administrator.get(&format!("{path}/roles")).await.header("etag").to_owned();
    assert_eq!(old, administrator.get(&path).await.header("etag"));
    let sales = administrator.role("sales").await.rsplit('/').next().expect("an id").to_owned();
    let put = async |etag: Option<&str>, roles: &[&str]| {
        let request = administrator.request(Method::PUT, &format!("{path}/roles"));
        let request = match etag {
            Some(etag) => request.header("if-match", etag),
            None => request,
        };
        let body = json!({"roles": roles}).to_string();
        Answer::of(request.header("content-type", "application/json").body(body)).await
    };
    assert_eq!(put(None, &[&sales]).await.status, 428);
    let first = put(Some(&old), &[&sales]).await;
    assert_eq!((first.status, &first.json()["data"][0]["shipped_key"]), (200, &"sales".into()));
    assert_ne!(first.header("etag"), old);
    assert_eq!(put(Some(&old), &[]).await.status, 412);
    let same = put(Some(first.header("etag")), &[&sales]).await;
    assert_eq!(same.header("etag"), first.header("etag"), "nothing changed");
    let unknown = put(Some(first.header("etag")), &["01890000-0000-7000-8000-000000000000"]).await;
    assert_eq!((unknown.status, &unknown.problem()["errors"][0]["pointer"]), (422, &"/roles".into()));
}

#[tokio::test]
async fn the_catalogue_of_permissions_fits_what_roles_accept() {
    let app = App::start().await;
    let administrator = app.administrator().await;
    let catalogue = administrator.get("/api/v1/permissions").await.json();
    let resources = catalogue["resources"].as_array().expect("resources");
    let grants: Vec<_> = resources
        .iter()
        .flat_map(|resource| {
            let actions = resource["actions"].as_array().expect("actions");
            actions.iter().map(|action| json!({"resource": resource["name"], "action": action, "scope": "all"}))
        })
        .collect();
    let role = administrator.role("analyst").await;
    let wanted = json!({"personal": "read", "grants": grants, "fields": [
        {"resource": "customers", "field": "phones", "right": "none"},
    ]});
    let set = administrator.change(Method::PUT, &role, "/rights", &wanted).await;
    assert_eq!(set.status, 200, "{set:?}");
    let now = administrator.get(&format!("{role}/rights")).await.json();
    assert_eq!(now["grants"].as_array().expect("grants").len(), grants.len());
    assert_eq!((&now["personal"], &now["fields"]), (&"read".into(), &wanted["fields"]));
    let odd = json!({"grants": [grant("planets", "read", "all")], "fields": []});
    let refused = administrator.change(Method::PUT, &role, "/rights", &odd).await;
    assert_eq!(refused.problem()["errors"][0]["pointer"], "/grants/0/resource");
    let own_keys = json!({"grants": [grant("keys", "read", "own")], "fields": []});
    let refused = administrator.change(Method::PUT, &role, "/rights", &own_keys).await;
    assert_eq!(refused.problem()["errors"][0]["pointer"], "/grants/0/scope", "keys belong to nobody");
}
