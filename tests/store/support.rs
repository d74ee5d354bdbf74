//! A store on a database of its own, and customers to put into it.

use std::sync::Arc;

use chrono::NaiveDate;
use domain::permission::Right;
use domain::relations::Customer;
use domain::viewer::{Rights, RoleRights, Viewer};
use domain::{CATALOGUE, permission};
use serde_json::{Map, Value};
use store::keys::RootKey;
use store::records::{self, Seen};
use store::{Connections, Db, Store, Trace};
use tests::Database;
use uuid::Uuid;

pub struct House {
    pub store: Store,
    pub database: Database,
}

impl House {
    pub async fn new() -> Self {
        let database = Database::create().await;
        let store = open(&database, "07").await.expect("a store");
        Self { store, database }
    }

    /// The store of another process on the same database, whose root key has these digits.
    pub async fn beside(&self, digits: &str) -> store::Result<Store> {
        open(&self.database, digits).await
    }

    pub fn system(&self) -> Db {
        self.store.system("test")
    }

    /// Somebody who may do everything, with a row among the users.
    pub async fn administrator(&self) -> Arc<Viewer> {
        let body = object(serde_json::json!({"name": "管理员", "username": format!("u{}", Uuid::new_v4().simple())}));
        let system = self.system();
        let user = system.write(async |tx| records::create::<domain::platform::User>(tx, &body).await);
        Arc::new(viewer(user.await.expect("a user").stamp().id, permission::Scope::All, Right::Write))
    }

    pub fn db(&self, viewer: &Arc<Viewer>) -> Db {
        use domain::Resource;
        self.store.authorize(viewer.clone(), Customer::READ, Trace::default()).expect("allowed")
    }

    pub async fn customer(&self, db: &Db, body: Value) -> Seen<Customer> {
        let body = object(body);
        db.write(async |tx| records::create::<Customer>(tx, &body).await).await.expect("created")
    }
}

async fn open(database: &Database, digits: &str) -> store::Result<Store> {
    let root = RootKey::from_hex(&digits.repeat(32)).expect("a root key");
    Store::open(&database.url, Connections { most: 5, runtimes: 1, beside: 0 }, &root, || Ok(vec![0; 32])).await
}

/// A viewer who may do everything with the rows of a scope.
pub fn viewer(user_id: Uuid, scope: permission::Scope, personal: Right) -> Viewer {
    let grant = |resource: &str, word: &&str| permission::Grant {
        resource: resource.to_owned(),
        action: permission::Action::from_word(word).expect("an action"),
        scope,
    };
    let grants = CATALOGUE
        .iter()
        .flat_map(|resource| permission::Action::WORDS.iter().map(|word| grant(resource.name, word)))
        .collect();
    Viewer {
        user_id,
        session_id: Uuid::nil(),
        department_id: None,
        departments: Vec::new(),
        rights: Rights::of(vec![RoleRights { grants, personal, fields: Vec::new() }]),
        today: NaiveDate::from_ymd_opt(2026, 11, 21).expect("a date"),
        utc_offset: 8 * 3600,
    }
}

pub fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => panic!("not an object: {other}"),
    }
}
