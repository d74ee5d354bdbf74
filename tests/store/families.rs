//! Parents and their children: handed over, deleted and brought back together, by the set.

use std::time::{Duration, Instant};

use domain::relations::{Contact, Customer};
use serde_json::json;
use store::history;
use store::records::{self, IfMatch};
use uuid::Uuid;

use crate::support::{House, object};

const CHILDREN: usize = 1_000;

/// Far more than a handful of statements takes, and far less than some for each child.
const ENOUGH: Duration = Duration::from_millis(2_500);

#[tokio::test]
async fn a_customer_moves_with_a_thousand_contacts_in_a_handful_of_statements() {
    let house = House::new().await;
    let (me, other) = (house.administrator().await, house.administrator().await);
    let db = house.db(&me);
    let customer = house.customer(&db, json!({"name": "华信"})).await.stamp().id;
    let made = db.write(async |tx| {
        for number in 0..CHILDREN {
            let name = format!("联系人{number}");
            let body = object(json!({"name": name, "customer_id": customer, "phones": ["13800005678"]}));
            records::create::<Contact>(tx, &body).await?;
        }
        Ok(())
    });
    made.await.expect("contacts");
    let client = house.database.connect().await;
    // Of all children: the lowest and the highest version, how many are there, how many are found, and whose they are.
    let state = async || {
        let row = client
            .query_one(
                "select min(version), max(version), count(*) filter (where deleted_at is null),
                        (select count(*) from search_index where resource = 'contacts'), count(distinct owner_id), min(owner_id::text)
                 from contacts",
                &[],
            )
            .await
            .expect("a state");
        let owner: String = row.get(5);
        let numbers: Vec<i64> = (0..5).map(|column| row.get(column)).collect();
        (numbers, owner.parse::<Uuid>().expect("an id"))
    };
    let all = CHILDREN as i64;
    let timed = |what: &str, since: Instant| {
        println!("{what} {CHILDREN} contacts: {:?}", since.elapsed());
        assert!(since.elapsed() < ENOUGH, "{what}: {:?}", since.elapsed());
    };

    let since = Instant::now();
    let to = Some(other.user_id);
    let assigned = db.write(async |tx| records::assign::<Customer>(tx, customer, &IfMatch::Any, to, None).await);
    assigned.await.expect("assigned");
    timed("handing over", since);
    assert_eq!(state().await, (vec![2, 2, all, all, 1], other.user_id));

    let since = Instant::now();
    let deleted = db.write(async |tx| records::delete::<Customer>(tx, customer, &IfMatch::Any, None).await);
    deleted.await.expect("deleted");
    timed("deleting", since);
    assert_eq!(state().await, (vec![3, 3, 0, 0, 1], other.user_id));

    let since = Instant::now();
    db.write(async |tx| records::restore::<Customer>(tx, customer).await).await.expect("restored");
    timed("restoring", since);
    assert_eq!(state().await, (vec![4, 4, all, all, 1], other.user_id));

    let row = client.query_one("select id from contacts limit 1", &[]).await.expect("a contact");
    let changes = history::of_record::<Contact>(&db, row.get(0), None, 10).await.expect("a history");
    let operations: Vec<&str> = changes.iter().map(|change| change.operation.as_str()).collect();
    assert_eq!(operations, ["restore", "delete", "update", "create"]);
    house.database.remove().await;
}

#[tokio::test]
async fn a_contact_made_while_its_customer_is_handed_over_belongs_to_the_new_owner() {
    let house = House::new().await;
    let (me, other) = (house.administrator().await, house.administrator().await);
    let db = house.db(&me);
    for round in 0..20 {
        let customer = house.customer(&db, json!({"name": format!("华信{round}")})).await.stamp().id;
        let body = object(json!({"name": "王芳", "customer_id": customer}));
        let assign = db.write(async |tx| {
            records::assign::<Customer>(tx, customer, &IfMatch::Any, Some(other.user_id), None).await.map(drop)
        });
        let create = db.write(async |tx| Ok(records::create::<Contact>(tx, &body).await?.stamp().id));
        let (assigned, created) = futures_util::future::join(assign, create).await;
        assigned.expect("assigned");
        let contact = records::find::<Contact>(&db, created.expect("created")).await.expect("found");
        assert_eq!(contact.stamp().owner_id, Some(other.user_id), "round {round}");
    }
    house.database.remove().await;
}
