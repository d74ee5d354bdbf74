//! Who may do what: every operation of a record, for every shipped role, on one's own record, another's, and a deleted
//! one, compared with a slow and obvious oracle. Side doors are tried too: whatever tells that a record exists.

use domain::permission::{Action, Grant, Permission, Right, Scope};
use domain::platform::shipped_roles::{ShippedRole, shipped_roles};
use domain::relations::{Contact, Customer};
use domain::resource::{Definition, Resource};
use domain::viewer::{Rights, RoleRights};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Actor, Answer, App};

/// What the oracle knows of a role: nothing but its grants.
struct Oracle {
    rights: Rights,
    roles: Vec<RoleRights>,
}

impl Oracle {
    fn of(roles: &[ShippedRole]) -> Self {
        let rights = |role: &ShippedRole| RoleRights {
            grants: role.grants.clone(),
            personal: role.personal,
            fields: Vec::new(),
        };
        let roles: Vec<_> = roles.iter().map(rights).collect();
        Self { rights: Rights::of(roles.clone()), roles }
    }

    fn reaches(&self, resource: &'static str, action: Action, own: bool) -> bool {
        match self.rights.scope(Permission::new(resource, action)) {
            None => false,
            Some(Scope::All) => true,
            // Nobody else works in the department of these tests' people.
            Some(_) => own,
        }
    }

    /// The status of an action that would succeed for somebody with every right.
    fn expects(&self, resource: &'static str, action: Action, own: bool, deleted: bool, success: u16) -> u16 {
        if self.rights.scope(Permission::new(resource, action)).is_none() {
            return 403;
        }
        if deleted || !self.reaches(resource, Action::Read, own) {
            return 404;
        }
        if self.reaches(resource, action, own) { success } else { 403 }
    }

    /// The right to a personal field of a row: what one role opens over its own rows stays closed in others.
    fn personal(&self, resource: &str, own: bool) -> Right {
        let reads = |grant: &Grant| {
            let reaches = own || grant.scope == Scope::All;
            grant.resource == resource && grant.action == Action::Read && reaches
        };
        let reading = self.roles.iter().filter(|role| role.grants.iter().any(reads));
        reading.map(|role| role.personal).max().unwrap_or(Right::None)
    }
}

/// A record and to whom it belongs.
struct Subject {
    record: Value,
    own: bool,
    deleted: bool,
}

async fn subject(admin: &Actor<'_>, definition: &Definition, owner: Option<&str>, deleted: bool) -> Subject {
    let name = format!("{}甲乙", if owner.is_some() { "自己" } else { "别人" });
    let owner_id = owner.unwrap_or(&admin.id);
    let customer = json!({"name": name, "owner_id": owner_id, "phones": ["13800005678"]});
    let customer = admin.create("customers", &customer).await;
    let record = match definition.name {
        "customers" => customer,
        name => {
            admin
                .create(name, &json!({"name": "联系甲乙", "customer_id": customer["id"], "phones": ["13800005678"]}))
                .await
        }
    };
    if deleted {
        let path = format!("/api/v1/{}/{}", definition.name, record["id"].as_str().expect("an id"));
        let etag = admin.etag(&path).await;
        assert_eq!(admin.delete(&path, &etag).await.status, 204);
    }
    Subject { record, own: owner.is_some(), deleted }
}

#[tokio::test]
async fn every_role_may_do_what_its_grants_say_and_nothing_else() {
    let app = App::start_with(&[("ZHIYIN_REQUESTS_PER_MINUTE", "100000")]).await;
    let admin = app.administrator().await;
    let mut tried = 0;
    let single = shipped_roles().into_iter().map(|role| vec![role]);
    // None of them sees records that it may change others of; these two together do.
    let both = shipped_roles().into_iter().filter(|role| ["sales", "analyst"].contains(&role.key)).collect();
    for roles in single.chain([both]) {
        let oracle = Oracle::of(&roles);
        let keys: Vec<_> = roles.iter().map(|role| role.key).collect();
        let role = &*keys.join(" and ");
        let company = admin.create("departments", &json!({"name": format!("部门 {role}")})).await;
        let person = admin.colleague(&keys, company["id"].as_str()).await;
        for definition in [Definition::of::<Customer>(), Definition::of::<Contact>()] {
            for own in [true, false] {
                for deleted in [false, true] {
                    let owner = own.then_some(person.id.as_str());
                    let subject = subject(&admin, &definition, owner, deleted).await;
                    tried += front_doors(&admin, &person, &oracle, &definition, &subject, role).await;
                    side_doors(&person, &oracle, &definition, &subject, role).await;
                }
            }
        }
        platform_doors(&person, &oracle, role).await;
    }
    assert!(tried > 300, "only {tried} combinations were tried");
}

/// The operations on one record, in an order in which none spoils the next.
async fn front_doors(
    admin: &Actor<'_>,
    person: &Actor<'_>,
    oracle: &Oracle,
    definition: &Definition,
    subject: &Subject,
    role: &str,
) -> usize {
    let resource = definition.name;
    let path = format!("/api/v1/{resource}/{}", subject.record["id"].as_str().expect("an id"));
    let expect = |action, success| oracle.expects(resource, action, subject.own, subject.deleted, success);
    let reveal = json!({"fields": ["phones"], "reason": "回访客户"});
    let assign = json!({"owner_id": subject.record["owner_id"]});
    let doors: [(Method, &str, Value, Action, u16); 7] = [
        (Method::GET, "", Value::Null, Action::Read, 200),
        (Method::GET, "/history", Value::Null, Action::Read, 200),
        (Method::PATCH, "", json!({"notes": format!("记 {role}")}), Action::Update, 200),
        (Method::POST, "/mask-reveal", reveal, Action::Reveal, 200),
        (Method::POST, "/assign", assign, Action::Assign, 200),
        (Method::DELETE, "", Value::Null, Action::Delete, 204),
        (Method::GET, "?expand=owner", Value::Null, Action::Read, 404),
    ];
    for (method, rest, body, action, success) in &doors {
        let etag = admin.etag(&path).await;
        let etag = if etag.is_empty() { "\"1\"".to_owned() } else { etag };
        let mut request = person.request(method.clone(), &format!("{path}{rest}"));
        if *method != Method::GET {
            request = request.header("if-match", etag);
        }
        if !body.is_null() {
            request = request.json(body);
        }
        let answer = Answer::of(request).await;
        // The last door is tried on a record that the one before has deleted, if it could.
        let gone = rest.starts_with('?') && expect(Action::Delete, 204) == 204;
        let expected =
            if rest.starts_with('?') && !gone { expect(Action::Read, 200) } else { expect(*action, *success) };
        assert_eq!(
            answer.status, expected,
            "{role}: {method} {path}{rest}, own {}, deleted {}: {answer:?}",
            subject.own, subject.deleted
        );
        masked_as_expected(oracle, definition, subject, &answer, role);
    }
    // Who might have deleted it may bring it back, and nobody else; the side doors find it as it was.
    let is_deleted = subject.deleted || expect(Action::Delete, 204) == 204;
    if is_deleted {
        let expected = oracle.expects(resource, Action::Delete, subject.own, false, 200);
        let restored = person.post(&format!("{path}/restore"), &json!({})).await;
        assert_eq!(restored.status, expected, "{role}: restore {path}, own {}: {restored:?}", subject.own);
        if subject.deleted && expected == 200 {
            assert_eq!(admin.delete(&path, &admin.etag(&path).await).await.status, 204);
        }
    }
    doors.len() + 1
}

fn masked_as_expected(oracle: &Oracle, definition: &Definition, subject: &Subject, answer: &Answer, role: &str) {
    if answer.status != 200 {
        return;
    }
    let expected = match oracle.personal(definition.name, subject.own) {
        Right::None => Value::Null,
        Right::Masked => json!(["138****5678"]),
        Right::Read | Right::Write => json!(["13800005678"]),
    };
    let body = answer.json();
    if answer.text.contains("\"sequence\"") {
        // A history tells of its creation what a record tells of itself.
        let created = body["data"].as_array().into_iter().flatten().find(|change| change["operation"] == "create");
        let told = created.map(|change| &change["changed"]["phones"][1]);
        assert_eq!(told, Some(&expected), "{role} reads {body}");
    } else if body.get("id").is_some() {
        assert_eq!(body["phones"], expected, "{role} sees {body}");
    }
}

/// Lists, counts, filters, searches, conditional requests and histories tell no more than a read would.
async fn side_doors(person: &Actor<'_>, oracle: &Oracle, definition: &Definition, subject: &Subject, role: &str) {
    let resource = definition.name;
    let id = subject.record["id"].as_str().expect("an id");
    let may_list = oracle.rights.may(Permission::new(resource, Action::Read));
    let visible = !subject.deleted && oracle.reaches(resource, Action::Read, subject.own);
    let name = subject.record["name"].as_str().expect("a name");
    let told = |door: String, answer: Answer| {
        if !may_list {
            assert_eq!(answer.status, 403, "{role}: {door}");
            return;
        }
        let body = answer.json();
        let found = body["data"].as_array().expect("a page").len();
        assert_eq!((found == 1, body["page"]["total"] == 1), (visible, visible), "{role}: {resource}{door}: {body}");
        if let Some(record) = body["data"].get(0) {
            masked_as_expected(
                oracle,
                definition,
                subject,
                &Answer { text: record.to_string(), ..answer.clone() },
                role,
            );
        }
    };
    for query in [
        format!("filter[id]={id}&count=exact"),
        format!("filter[id]={id}&count=estimate"),
        format!("filter[id]={id}&q={name}&count=exact"),
        format!("filter[id]={id}&q=jiayi&count=exact"),
    ] {
        let answer = person.get(&format!("/api/v1/{resource}?{query}")).await;
        told(format!("?{query}"), answer);
    }
    for q in [Value::Null, json!(name)] {
        let filter = json!({"field": "id", "op": "eq", "value": id});
        let body = json!({"filter": filter, "q": q, "count": "exact"});
        let answer = person.post(&format!("/api/v1/{resource}/search"), &body).await;
        told(format!("/search {body}"), answer);
    }
    telephone(person, oracle, definition, subject, role).await;
    let path = format!("/api/v1/{resource}/{id}");
    let conditional = person.request(Method::GET, &path).header("if-none-match", "*");
    let status = Answer::of(conditional).await.status;
    let expected = if !may_list {
        403
    } else if visible {
        304
    } else {
        404
    };
    assert_eq!(status, expected, "{role}: a conditional read of {path}");
    let stale = person.patch(&path, "\"0\"", &json!({})).await;
    let expected = oracle.expects(resource, Action::Update, subject.own, subject.deleted, 412);
    assert_eq!(stale.status, expected, "{role}: a stale change of {path}");
    assert!(expected == 412 || stale.header("etag").is_empty(), "{role} learns a version");
    batched(person, oracle, definition, subject, role).await;
}

/// A telephone number finds its record for who reads it; a masked one, in full, for who may have it shown.
async fn telephone(person: &Actor<'_>, oracle: &Oracle, definition: &Definition, subject: &Subject, role: &str) {
    let (resource, id) = (definition.name, subject.record["id"].as_str().expect("an id"));
    let visible = !subject.deleted && oracle.reaches(resource, Action::Read, subject.own);
    let right = oracle.personal(resource, subject.own);
    let looks_up = right == Right::Masked && oracle.reaches(resource, Action::Reveal, subject.own);
    // One may ask where one reads any row's numbers, and finds the rows whose numbers one reads.
    let nearest = oracle.personal(resource, true);
    let asks_up = nearest == Right::Masked && oracle.rights.may(Permission::new(resource, Action::Reveal));
    for (question, asked, found) in [
        ("filter[phones]=13800005678", nearest > Right::Masked || asks_up, right > Right::Masked || looks_up),
        ("filter[phones][in]=13800005678", nearest > Right::Masked, right > Right::Masked),
        ("q=13800005678", true, right > Right::Masked || looks_up),
        ("q=5678", true, right > Right::Masked),
    ] {
        let answer = person.get(&format!("/api/v1/{resource}?filter[id]={id}&{question}&count=exact")).await;
        let expected = match (oracle.rights.may(Permission::new(resource, Action::Read)), asked) {
            (true, true) => Ok(usize::from(visible && found)),
            _ => Err(403),
        };
        let told = if answer.status == 200 {
            Ok(answer.json()["data"].as_array().map_or(0, Vec::len))
        } else {
            Err(answer.status)
        };
        assert_eq!(told, expected, "{role}: {resource}?{question}: {answer:?}");
    }
}

/// What a batch says of each item is what the item's own request would have been told.
async fn batched(person: &Actor<'_>, oracle: &Oracle, definition: &Definition, subject: &Subject, role: &str) {
    let resource = definition.name;
    let id = &subject.record["id"];
    let items = json!([
        {"op": "update", "id": id, "if_match": "0", "data": {}},
        {"op": "delete", "id": id, "if_match": "0"},
        {"op": "delete", "id": id},
        {"op": "create", "data": {"nope": 1}},
        {"op": "upsert", "external": {"system": "erp", "id": "nobody"}, "data": {"nope": 1}},
    ]);
    let may = |action| oracle.rights.may(Permission::new(resource, action));
    let expects = |action, success| oracle.expects(resource, action, subject.own, subject.deleted, success);
    let create = if may(Action::Create) { 422 } else { 403 };
    let upsert = if !may(Action::Create) && may(Action::Update) { 404 } else { create };
    let expected =
        [expects(Action::Update, 412), expects(Action::Delete, 412), expects(Action::Delete, 428), create, upsert];
    let request = person.request(Method::POST, &format!("/api/v1/{resource}/batch"));
    let answer =
        Answer::of(request.header("idempotency-key", uuid::Uuid::new_v4().to_string()).json(&json!({"items": items})))
            .await;
    if expected == [403; 5] {
        assert_eq!(answer.status, 403, "{role}: {answer:?}");
        return;
    }
    let body = answer.json();
    let statuses: Vec<_> = body["results"].as_array().expect("results").iter().map(|r| r["status"].clone()).collect();
    assert_eq!(statuses, expected, "{role}: {resource}, own {}, deleted {}: {body}", subject.own, subject.deleted);
    let versions = body["results"].as_array().into_iter().flatten().filter(|result| !result["etag"].is_null());
    assert!(versions.clone().all(|result| result["status"] == 412), "{role} learns a version: {body}");
}

/// Administration is for those whose roles say so.
async fn platform_doors(person: &Actor<'_>, oracle: &Oracle, role: &str) {
    for resource in ["users", "departments", "roles", "customer-types"] {
        let read = person.get(&format!("/api/v1/{resource}")).await.status;
        let definition = domain::catalogue::find(resource).expect("a resource");
        let may = |action| oracle.rights.may(Permission::new(definition.name, action));
        assert_eq!(read, if may(Action::Read) { 200 } else { 403 }, "{role} lists {resource}");
        let create = person.post(&format!("/api/v1/{resource}"), &json!({})).await.status;
        assert_eq!(create, if may(Action::Create) { 422 } else { 403 }, "{role} creates {resource}");
    }
    for (method, action, success) in [(Method::GET, Action::Read, 200), (Method::POST, Action::Update, 422)] {
        let answer = Answer::of(person.request(method.clone(), "/api/v1/keys").json(&json!({}))).await;
        let may = oracle.rights.may(Permission::new("keys", action));
        assert_eq!(answer.status, if may { success } else { 403 }, "{role}: {method} keys");
    }
    let rights = person.get("/api/v1/meta/customers").await;
    assert_eq!(rights.status == 200, oracle.rights.may(Customer::READ), "{role}: {rights:?}");
}
