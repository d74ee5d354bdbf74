//! The verbs: versions, sealing, the change log, deletion and its undoing.

use domain::permission::{Right, Scope};
use domain::relations::{Contact, Customer};
use serde_json::json;
use std::sync::Arc;
use store::history;
use store::records::{self, IfMatch};

use crate::support::{House, object, viewer};

#[tokio::test]
async fn personal_values_are_nowhere_in_the_clear() {
    let house = House::new().await;
    let me = house.administrator().await;
    let db = house.db(&me);
    let seen = house.customer(&db, json!({"name": "华信", "phones": ["13800005678"], "emails": ["li@hua.cn"]})).await;
    let id = seen.stamp().id;
    let patch = object(json!({"phones": ["13800005678", "13900001111"]}));
    let update = db.write(async |tx| records::update::<Customer>(tx, id, &IfMatch::Any, &patch).await);
    update.await.expect("updated");
    let client = house.database.connect().await;
    for table in ["customers", "changes", "search_index"] {
        let row =
            client.query_one(&format!("select string_agg(t::text, ' ') from {table} t"), &[]).await.expect("rows");
        let text: String = row.get(0);
        for secret in ["13800005678", "5678", "13900001111", "li@hua"] {
            assert!(!text.contains(secret), "{secret} stands in {table}");
        }
    }
    let changes = history::of_record::<Customer>(&db, id, None, 10).await.expect("a history");
    assert_eq!(changes.len(), 2);
    assert_eq!(changes[0].changed["phones"], json!([["13800005678"], ["13800005678", "13900001111"]]));
    assert!(changes[0].changed.get("emails").is_none(), "what did not change is not in the history");
    house.database.remove().await;
}

#[tokio::test]
async fn masked_rights_mask_everywhere_and_a_patch_of_other_fields_keeps_the_value() {
    let house = House::new().await;
    let me = house.administrator().await;
    let seen = house.customer(&house.db(&me), json!({"name": "华信", "phones": ["13800005678"]})).await;
    let id = seen.stamp().id;
    let analyst = Arc::new(viewer(me.user_id, Scope::All, Right::Masked));
    let masked = house.db(&analyst);
    let found = records::find::<Customer>(&masked, id).await.expect("found");
    assert_eq!(found.json()["phones"], json!(["138****5678"]));
    let changes = history::of_record::<Customer>(&masked, id, None, 10).await.expect("a history");
    assert_eq!(changes[0].changed["phones"], json!([null, ["138****5678"]]));
    let patch = object(json!({"city": "深圳"}));
    let update = masked.write(async |tx| records::update::<Customer>(tx, id, &IfMatch::Any, &patch).await);
    update.await.expect("updated");
    let found = records::find::<Customer>(&house.db(&me), id).await.expect("found");
    assert_eq!(found.json()["phones"], json!(["13800005678"]));
    let patch = object(json!({"phones": ["13911112222"]}));
    let update = masked.write(async |tx| records::update::<Customer>(tx, id, &IfMatch::Any, &patch).await);
    assert_eq!(domain::Error::from(update.await.err().expect("refused")).code.word(), "forbidden");
    house.database.remove().await;
}

#[tokio::test]
async fn of_many_writers_with_one_version_one_wins() {
    let house = House::new().await;
    let me = house.administrator().await;
    let db = house.db(&me);
    let seen = house.customer(&db, json!({"name": "华信"})).await;
    let (id, tag) = (seen.stamp().id, records::etag(&db, seen.stamp()));
    let writers = (0..20).map(|number| {
        let (db, tag) = (db.clone(), tag.clone());
        async move {
            let patch = object(json!({"city": format!("城{number}")}));
            let tag = IfMatch::Tags(vec![tag]);
            db.write(async |tx| records::update::<Customer>(tx, id, &tag, &patch).await).await.is_ok()
        }
    });
    let outcomes = futures_util::future::join_all(writers).await;
    assert_eq!(outcomes.into_iter().filter(|won| *won).count(), 1);
    house.database.remove().await;
}

#[tokio::test]
async fn a_patch_that_changes_nothing_writes_nothing() {
    let house = House::new().await;
    let me = house.administrator().await;
    let db = house.db(&me);
    let id = house.customer(&db, json!({"name": "华信", "phones": ["13800005678"]})).await.stamp().id;
    let patch = object(json!({"name": " 华信 ", "phones": ["13800005678"], "city": null}));
    let written =
        db.write(async |tx| records::update::<Customer>(tx, id, &IfMatch::Any, &patch).await).await.expect("ok");
    assert!(!written.changed);
    assert_eq!(written.record.stamp().version, 1);
    assert_eq!(history::of_record::<Customer>(&db, id, None, 10).await.expect("a history").len(), 1);
    house.database.remove().await;
}

#[tokio::test]
async fn contacts_go_and_come_back_with_their_customer() {
    let house = House::new().await;
    let me = house.administrator().await;
    let db = house.db(&me);
    let customer = house.customer(&db, json!({"name": "华信"})).await.stamp().id;
    let contact = async |name: &str| {
        let body = object(json!({"name": name, "customer_id": customer, "is_primary": true}));
        db.write(async |tx| records::create::<Contact>(tx, &body).await).await.expect("created").stamp().id
    };
    let (first, second) = (contact("李雷").await, contact("韩梅梅").await);
    let primary = async |id| records::find::<Contact>(&db, id).await.expect("found").json()["is_primary"].clone();
    assert_eq!((primary(first).await, primary(second).await), (json!(false), json!(true)), "one contact is primary");
    db.write(async |tx| records::delete::<Contact>(tx, first, &IfMatch::Any, None).await).await.expect("deleted");
    db.write(async |tx| records::delete::<Customer>(tx, customer, &IfMatch::Any, None).await).await.expect("deleted");
    assert!(records::find::<Contact>(&db, second).await.is_err());
    db.write(async |tx| records::restore::<Customer>(tx, customer).await).await.expect("restored");
    assert!(records::find::<Contact>(&db, second).await.is_ok());
    assert!(records::find::<Contact>(&db, first).await.is_err(), "what was deleted before stays deleted");
    house.database.remove().await;
}

#[tokio::test]
async fn of_contacts_that_are_made_primary_at_once_the_last_is_and_nobody_is_refused() {
    let house = House::new().await;
    let me = house.administrator().await;
    let customer = house.customer(&house.db(&me), json!({"name": "华信"})).await.stamp().id;
    let writers = (0..8).map(|number| {
        let db = house.db(&me);
        async move {
            let body = object(json!({"name": format!("联系人{number}"), "customer_id": customer, "is_primary": true}));
            let made = db.write(async |tx| records::create::<Contact>(tx, &body).await).await.expect("created");
            let again = object(json!({"is_primary": true, "title": "经理"}));
            let id = made.stamp().id;
            db.write(async |tx| records::update::<Contact>(tx, id, &IfMatch::Any, &again).await).await.map(drop)
        }
    });
    for outcome in futures_util::future::join_all(writers).await {
        outcome.expect("changed");
    }
    let client = house.database.connect().await;
    let query = "select count(*), count(*) filter (where is_primary) from contacts";
    let row = client.query_one(query, &[]).await.expect("counted");
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (8, 1));
    house.database.remove().await;
}

#[tokio::test]
async fn a_reference_must_be_visible_and_a_tree_has_no_circle() {
    let house = House::new().await;
    let me = house.administrator().await;
    let db = house.db(&me);
    let parent = house.customer(&db, json!({"name": "集团"})).await.stamp().id;
    let child = house.customer(&db, json!({"name": "子公司", "parent_id": parent})).await.stamp().id;
    let refused = async |db: &store::Db, id, patch| {
        let patch = object(patch);
        let outcome = db.write(async |tx| records::update::<Customer>(tx, id, &IfMatch::Any, &patch).await).await;
        domain::Error::from(outcome.err().expect("refused")).faults[0].code.clone()
    };
    assert_eq!(refused(&db, parent, json!({"parent_id": child})).await, "cycle");
    let stranger = house.administrator().await;
    let narrow = Arc::new(viewer(stranger.user_id, Scope::Own, Right::Write));
    let own = house.customer(&house.db(&narrow), json!({"name": "自己的"})).await.stamp().id;
    assert_eq!(refused(&house.db(&narrow), own, json!({"parent_id": parent})).await, "not_found");
    house.database.remove().await;
}
