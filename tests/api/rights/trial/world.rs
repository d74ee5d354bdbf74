//! A house of random people, roles and records.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use domain::field::{Access, Field, Kind};
use domain::permission::{Action, FieldRight, Governed, Grant, Right, Scope};
use domain::{Area, CATALOGUE, Definition};
use serde_json::{Value, json};
use tests::{Actor, Answer};

use super::dice::Dice;
use super::oracle::{Role, Row, Who, below};

pub const WORDS: [&str; 6] = ["kestrel", "merlin", "osprey", "harrier", "goshawk", "buzzard"];
const CITIES: [&str; 3] = ["suzhou", "foshan", "tianjin"];
/// The resources whose records are made by hand, because searches and imports ask for what stands in them.
const WRITTEN_OUT: [&str; 4] = ["customers", "contacts", "contact-records", "customer-types"];
const RIGHTS: [Right; 4] = [Right::None, Right::Masked, Right::Read, Right::Write];

pub struct Person<'a> {
    pub actor: Actor<'a>,
    pub who: Who,
    /// Questions that count against the quota of values shown.
    pub shown: Mutex<usize>,
}

pub struct World<'a> {
    pub admin: &'a Actor<'a>,
    pub people: Vec<Person<'a>>,
    /// Every record of the catalogue in the clear.
    pub rows: HashMap<&'static str, Vec<Row>>,
}

impl<'a> World<'a> {
    pub async fn make(admin: &'a Actor<'a>, people: usize, seed: u64) -> Self {
        let mut dice = Dice::of(seed);
        let parents = departments(admin).await;
        let mut ids: Vec<&String> = parents.keys().collect();
        ids.sort();
        let mut made = Vec::new();
        for _ in 0..people {
            let department = dice.of_ten(8).then(|| (*dice.one(&ids)).clone());
            made.push(person(admin, &mut dice, department, &parents).await);
        }
        records(admin, &mut dice, &made, &ids).await;
        let mut rows = HashMap::new();
        for of in CATALOGUE {
            if !WRITTEN_OUT.contains(&of.name)
                && (of.area != Area::Platform || ["tasks", "comments"].contains(&of.name))
            {
                anything(admin, &mut dice, of, &rows).await;
            }
            let list = admin.get(&format!("/api/v1/{}?limit=500", of.name)).await.json();
            let list: Vec<Row> = serde_json::from_value(list["data"].clone()).expect("rows");
            rows.insert(of.name, list);
        }
        let subjects: Arc<HashMap<String, Row>> = Arc::new(rows.values().flatten().map(known).collect());
        made.iter_mut().for_each(|person| person.who.subjects = subjects.clone());
        Self { admin, people: made, rows }
    }

    /// One of the resources that have records which the administrator sees.
    pub fn resource(&self, dice: &mut Dice) -> &'static Definition {
        let of: Vec<_> = CATALOGUE.iter().filter(|of| !self.rows[of.name].is_empty()).collect();
        of[dice.below(of.len())]
    }
}

fn known(row: &Row) -> (String, Row) {
    (row["id"].as_str().expect("an id").to_owned(), row.clone())
}

/// Records of a resource that nobody wrote out: whatever its fields let pass, naming what stands before it.
async fn anything(admin: &Actor<'_>, dice: &mut Dice, of: &Definition, known: &HashMap<&'static str, Vec<Row>>) {
    for _ in 0..15 {
        let mut body = serde_json::Map::new();
        for field in of.fields.iter().filter(|field| field.access != Access::ReadOnly && of.state != Some(field.key)) {
            if field.required || dice.of_ten(6) {
                body.extend(some_value(dice, field, known).map(|value| (field.key.to_owned(), value)));
            }
        }
        if let Some(link) = of.link.filter(|_| !dice.of_ten(2)) {
            let about = *dice.one(of.subjects());
            body.insert(link.kind.to_owned(), about.into());
            body.insert(link.id.to_owned(), dice.one(&known[about])["id"].clone());
        }
        let path = format!("/api/v1/{}", of.name);
        let answer = admin.post(&path, &Value::Object(body.clone())).await;
        if answer.status == 422 {
            // What goes together only under a rule of several fields is left out.
            let problem = answer.problem();
            let faulty =
                problem["errors"].as_array().into_iter().flatten().filter_map(|fault| fault["pointer"].as_str());
            let faulty: Vec<_> = faulty.map(|pointer| pointer.trim_start_matches('/').to_owned()).collect();
            body.retain(|key, _| !faulty.contains(key));
            admin.post(&path, &Value::Object(body)).await;
        }
    }
}

fn some_value(dice: &mut Dice, field: &Field, known: &HashMap<&'static str, Vec<Row>>) -> Option<Value> {
    Some(match field.kind {
        Kind::Text | Kind::LongText => format!("{} {}", dice.one(&WORDS), dice.one(&WORDS)).into(),
        Kind::Choice(words) => json!(dice.one(words)),
        Kind::Integer => json!(dice.below(60) + 1),
        Kind::Decimal | Kind::Amount => (dice.below(99) + 1).to_string().into(),
        Kind::Bool => json!(dice.of_ten(5)),
        Kind::Date => format!("2026-11-{:02}", dice.below(28) + 1).into(),
        Kind::Instant => format!("2026-11-{:02}T08:00:00Z", dice.below(28) + 1).into(),
        Kind::Reference(to) => dice.one(known.get(to).filter(|rows| !rows.is_empty())?)["id"].clone(),
        _ => return None,
    })
}

async fn departments(admin: &Actor<'_>) -> HashMap<String, Option<String>> {
    let mut parents = HashMap::new();
    let mut above: Option<String> = None;
    for name in ["company", "south", "harbour", "north"] {
        // Three below each other, and one beside them.
        let parent = if name == "north" { None } else { above.clone() };
        let made = admin.create("departments", &json!({"name": name, "parent_id": parent})).await;
        let id = made["id"].as_str().expect("an id").to_owned();
        parents.insert(id.clone(), parent);
        above = Some(id);
    }
    parents
}

async fn person<'a>(
    admin: &'a Actor<'a>,
    dice: &mut Dice,
    department: Option<String>,
    parents: &HashMap<String, Option<String>>,
) -> Person<'a> {
    let (mut roles, mut ids) = (Vec::new(), Vec::new());
    for _ in 0..=dice.below(3) {
        let role = role(dice);
        let name = uuid::Uuid::new_v4().to_string();
        let made = admin.create("roles", &json!({"name": name, "personal": role.personal})).await;
        let path = format!("/api/v1/roles/{}", made["id"].as_str().expect("an id"));
        let rights = json!({"grants": role.grants, "fields": role.fields});
        let answer = admin.put(&format!("{path}/rights"), &admin.etag(&path).await, &rights).await;
        assert_eq!(answer.status, 200, "{rights}: {answer:?}");
        ids.push(made["id"].clone());
        roles.push(role);
    }
    let actor = admin.hire(&ids, department.as_deref()).await;
    // Who is given no department works in that of who hired them.
    let user = admin.get(&format!("/api/v1/users/{}", actor.id)).await.json();
    let department = user["department_id"].as_str().map(str::to_owned);
    let below = department.as_deref().map(|top| below(parents, top)).unwrap_or_default();
    Person {
        who: Who { id: actor.id.clone(), department, below, roles, subjects: Arc::default() },
        actor,
        shown: Mutex::new(0),
    }
}

fn role(dice: &mut Dice) -> Role {
    let (mut grants, mut fields) = (Vec::new(), Vec::new());
    for of in CATALOGUE.iter().filter(|of| of.governed == Governed::ByRoles) {
        for action in of.actions() {
            let likely = match action {
                Action::Read => 8,
                // Not to be tried on people: it would change who asks.
                _ if of.area == Area::Platform => 0,
                _ => 5,
            };
            if dice.of_ten(likely) {
                grants.push(Grant { resource: of.name.to_owned(), action, scope: *dice.one(Scope::ALL) });
            }
        }
        for field in of.governed_fields().filter(|_| dice.of_ten(3)).collect::<Vec<_>>() {
            let right = *dice.one(&RIGHTS);
            fields.push(FieldRight { resource: of.name.to_owned(), field: field.key.to_owned(), right });
        }
    }
    Role { grants, personal: *dice.one(&RIGHTS), fields }
}

async fn records(admin: &Actor<'_>, dice: &mut Dice, people: &[Person<'_>], departments: &[&String]) {
    let mut types = Vec::new();
    for name in ["direct", "channel", "gone"] {
        types.push(admin.create("customer-types", &json!({"name": name})).await);
    }
    let mut owners: Vec<&str> = people.iter().map(|person| &*person.who.id).collect();
    owners.push(&admin.id);
    let mut customers: Vec<Value> = Vec::new();
    for index in 0..40 {
        let phone = |dice: &mut Dice| json!([format!("138{:08}", dice.below(40) + 12_340_000)]);
        let body = json!({
            "name": format!("{} {}", dice.one(&WORDS), dice.one(&WORDS)),
            "short_name": dice.of_ten(5).then(|| *dice.one(&WORDS)),
            "level": dice.one(&[json!("a"), json!("b"), Value::Null]),
            "industry": dice.one(&[json!("trade"), json!("mining"), Value::Null]),
            "city": dice.one(&CITIES), "address": format!("{} road", dice.one(&WORDS)),
            "phones": if dice.of_ten(7) { phone(dice) } else { json!([]) },
            "fax": dice.of_ten(3).then(|| format!("021{:08}", dice.below(40) + 50_000_000)),
            "emails": if dice.of_ten(5) { json!([format!("{}@x.com", dice.one(&WORDS))]) } else { json!([]) },
            "next_contact_on": format!("2026-11-{:02}", dice.below(28) + 1),
            "type_id": dice.of_ten(6).then(|| dice.one(&types)["id"].clone()),
            "parent_id": (dice.of_ten(3) && !customers.is_empty()).then(|| dice.one(&customers)["id"].clone()),
            "owner_id": dice.one(&owners), "department_id": dice.of_ten(5).then(|| *dice.one(departments)),
            "notes": dice.one(&WORDS),
        });
        let external = format!("/api/v1/customers/by-external/erp/K{index}");
        if dice.of_ten(5) {
            let answer = Answer::of(admin.request(reqwest::Method::PATCH, &external).json(&body)).await;
            assert_eq!(answer.status, 201, "{answer:?}");
            customers.push(answer.json());
        } else {
            customers.push(admin.create("customers", &body).await);
        }
    }
    let mut contacts: Vec<Value> = Vec::new();
    for _ in 0..40 {
        let body = json!({
            "name": format!("{} {}", dice.one(&WORDS), dice.one(&WORDS)), "customer_id": dice.one(&customers)["id"],
            "title": dice.one(&WORDS), "is_primary": false, "birthday": format!("19{:02}-05-05", dice.below(60) + 30),
            "phones": [format!("139{:08}", dice.below(40) + 12_340_000)], "wechat": dice.one(&WORDS),
        });
        contacts.push(admin.create("contacts", &body).await);
    }
    for _ in 0..40 {
        let contact = dice.one(&contacts);
        let body = json!({
            "kind": dice.one(&["call", "visit"]), "subject": format!("{} {}", dice.one(&WORDS), dice.one(&WORDS)),
            "customer_id": contact["customer_id"], "contact_id": dice.of_ten(5).then(|| contact["id"].clone()),
            "content": dice.one(&WORDS), "minutes": dice.of_ten(5).then(|| dice.below(60)),
            "happened_at": format!("2026-11-{:02}T08:00:00.000000Z", dice.below(28) + 1),
            "owner_id": dice.one(&owners), "department_id": dice.of_ten(5).then(|| *dice.one(departments)),
        });
        admin.create("contact-records", &body).await;
    }
    let gone = format!("/api/v1/customer-types/{}", types[2]["id"].as_str().expect("an id"));
    // Titles of what was deleted are told to nobody. Where it may not be deleted while it is in use, it stays.
    admin.delete(&gone, &admin.etag(&gone).await).await;
}
