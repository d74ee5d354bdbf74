//! People come with a department and roles, and are moved by an act of its own. Nobody reaches more by making or moving
//! them, and nobody is harmed by whoever may do less.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Actor, Answer, App};

/// A house with two departments, and somebody of the first who manages all people but sees customers of the own
/// department only.
struct House<'a> {
    admin: &'a Actor<'a>,
    here: String,
    below: String,
    elsewhere: String,
    manager: Actor<'a>,
    /// The manager's role.
    role: Value,
}

impl<'a> House<'a> {
    async fn of(admin: &'a Actor<'a>) -> Self {
        let here = id(&admin.create("departments", &json!({"name": "人事部"})).await);
        let below = id(&admin.create("departments", &json!({"name": "招聘组", "parent_id": here})).await);
        let elsewhere = id(&admin.create("departments", &json!({"name": "华东销售"})).await);
        let role = admin.create("roles", &json!({"name": "人事", "personal": "write"})).await;
        let grant =
            |resource: &str, action: &str, scope: &str| json!({"resource": resource, "action": action, "scope": scope});
        let mut grants = vec![grant("customers", "read", "department"), grant("roles", "read", "all")];
        for resource in ["users", "departments"] {
            grants.extend(["read", "create", "update", "delete"].map(|action| grant(resource, action, "all")));
        }
        grants.push(grant("users", "assign", "all"));
        let path = format!("/api/v1/roles/{}", id(&role));
        let rights = admin.change(Method::PUT, &path, "/rights", &json!({"grants": grants, "fields": []})).await;
        assert_eq!(rights.status, 200, "{rights:?}");
        let manager = admin.colleague_in(&here, &[role["id"].clone()]).await;
        Self { admin, here, below, elsewhere, manager, role: role["id"].clone() }
    }
}

fn id(record: &Value) -> String {
    record["id"].as_str().expect("an id").to_owned()
}

fn user(id: &str) -> String {
    format!("/api/v1/users/{id}")
}

fn refused(answer: &Answer, pointer: &str, code: &str) {
    let problem = answer.problem();
    let fault = &problem["errors"][0];
    assert_eq!((answer.status, &fault["pointer"], &fault["code"]), (403, &pointer.into(), &code.into()), "{answer:?}");
}

#[tokio::test]
async fn a_person_comes_with_department_and_roles_or_not_at_all() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let house = House::of(&admin).await;
    let manager = &house.manager;
    let body = json!({"name": "李伟", "username": "li.wei", "department_id": house.below, "roles": [house.role]});
    let made = manager.post("/api/v1/users", &body).await;
    assert_eq!(made.status, 201, "{made:?}");
    let listed = manager.get("/api/v1/users?filter[username]=li.wei&expand=roles,department").await.json();
    let person = &listed["data"][0];
    assert_eq!(person["roles"], json!([{"id": house.role, "name": "人事"}]));
    assert_eq!(person["department"]["name"], "招聘组");

    let alone = manager.create("users", &json!({"name": "王芳", "username": "wang.fang"})).await;
    assert_eq!(alone["department_id"], Value::Null, "nobody gets the department of who wrote them down");

    let with = |roles: Value, department: &str| json!({"name": "张三", "username": "zhang.san", "department_id": department, "roles": roles});
    let administrator = id(&house.admin.get(&house.admin.role("administrator").await).await.json());
    let greater = manager.post("/api/v1/users", &with(json!([administrator]), &house.here)).await;
    refused(&greater, "/roles", "more_than_own");
    let farther = manager.post("/api/v1/users", &with(json!([house.role]), &house.elsewhere)).await;
    refused(&farther, "/roles", "more_than_own");
    let unknown = manager.post("/api/v1/users", &with(json!([house.here]), &house.here)).await;
    assert_eq!((unknown.status, &unknown.problem()["errors"][0]["pointer"]), (422, &"/roles".into()), "{unknown:?}");
    let none = manager.get("/api/v1/users?filter[username]=zhang.san").await.json();
    assert_eq!(none["data"], json!([]), "a refused person is not there without roles");
}

#[tokio::test]
async fn nobody_widens_what_they_reach_by_moving_people_or_departments() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let house = House::of(&admin).await;
    let manager = &house.manager;
    let to = |department: &str| json!({"department_id": department});
    let own = user(&manager.id);
    refused(
        &manager.change(Method::POST, &own, "/assign", &to(&house.elsewhere)).await,
        "/department_id",
        "out_of_reach",
    );
    // Somebody whose roles reach departments may be moved where the mover's own rights reach, and no farther.
    let fellow = json!({"name": "李伟", "username": "li.wei", "department_id": house.here, "roles": [house.role]});
    let fellow = user(&id(&manager.create("users", &fellow).await));
    assert_eq!(manager.change(Method::POST, &fellow, "/assign", &to(&house.below)).await.status, 200);
    refused(
        &manager.change(Method::POST, &fellow, "/assign", &to(&house.elsewhere)).await,
        "/department_id",
        "out_of_reach",
    );
    let plain = user(&id(&manager.create("users", &json!({"name": "王芳", "username": "wang.fang"})).await));
    assert_eq!(manager.change(Method::POST, &plain, "/assign", &to(&house.elsewhere)).await.status, 200);
    let roles = json!({"roles": [house.role]});
    let given = manager.change(Method::PUT, &plain, "/roles", &roles).await;
    assert_eq!(given.status, 403, "a role given elsewhere reaches elsewhere: {given:?}");
    let bulk = json!({"action": "assign", "ids": [manager.id], "set": to(&house.elsewhere)});
    let bulk = manager.post("/api/v1/users/bulk", &bulk).await;
    assert_eq!(bulk.json()["rows"][0]["outcome"], "failed", "{bulk:?}");

    let department = format!("/api/v1/departments/{}", house.elsewhere);
    let under = manager.change(Method::PATCH, &department, "", &json!({"parent_id": house.here})).await;
    refused(&under, "/parent_id", "out_of_reach");
    let within = format!("/api/v1/departments/{}", house.below);
    assert_eq!(manager.change(Method::PATCH, &within, "", &json!({"name": "招聘与培训"})).await.status, 200);
    let fresh = json!({"name": "薪酬组", "parent_id": house.here});
    assert_eq!(manager.post("/api/v1/departments", &fresh).await.status, 201);
    assert_eq!(admin.change(Method::PATCH, &department, "", &json!({"parent_id": house.here})).await.status, 200);
}

#[tokio::test]
async fn nobody_is_harmed_by_whoever_may_do_less() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let house = House::of(&admin).await;
    let manager = &house.manager;
    let other = admin.colleague(&["administrator"], None).await;
    let greater = user(&other.id);
    let nothing = json!({});
    for (method, rest, body) in [
        (Method::PATCH, "", json!({"status": "disabled"})),
        (Method::PATCH, "", json!({"name": "某人"})),
        (Method::PATCH, "", json!({"username": "nobody"})),
        (Method::DELETE, "", nothing.clone()),
        (Method::POST, "/assign", json!({"department_id": house.here})),
        (Method::PUT, "/roles", json!({"roles": []})),
        (Method::POST, "/password", nothing.clone()),
        (Method::DELETE, "/second-factor", nothing.clone()),
    ] {
        let answer = manager.change(method.clone(), &greater, rest, &body).await;
        assert_eq!(answer.status, 403, "{method} {rest} {body}: {answer:?}");
    }
    for change in [json!({"action": "delete"}), json!({"action": "edit", "set": {"name": "某人"}})] {
        let mut change = change;
        change["ids"] = json!([other.id]);
        let bulk = manager.post("/api/v1/users/bulk", &change).await;
        assert_eq!(bulk.json()["rows"][0]["outcome"], "failed", "{change}: {bulk:?}");
    }
    assert_eq!(other.get("/api/v1/me").await.status, 200, "still inside");
    let own = manager.change(Method::PATCH, &user(&manager.id), "", &json!({"title": "人事经理"})).await;
    assert_eq!(own.status, 200, "oneself is nobody greater: {own:?}");
    assert_eq!(admin.change(Method::PATCH, &greater, "", &json!({"name": "林二"})).await.status, 200);
}
