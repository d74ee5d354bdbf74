//! After an upgrade: what an older version wrote is found and ordered as if this one had written it.

use domain::listing::{Listing, Sort};
use domain::relations::Customer;
use serde_json::json;
use store::search::renewal::{self, Position};
use store::{Db, records};

use crate::support::House;

/// Walks over everything and tells how many entries were made anew.
async fn walk(db: &Db) -> i64 {
    let mut position = Position::default();
    while let Some(next) = db.write(async |tx| renewal::step(tx, &position).await).await.expect("a step") {
        position = next;
    }
    position.renewed
}

async fn names(db: &Db, listing: Listing) -> Vec<String> {
    let listed = records::list::<Customer>(db, &listing).await.expect("a list");
    listed.records.iter().map(|record| record.json()["name"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn what_an_older_version_wrote_is_made_anew_once_and_changes_no_record() {
    let house = House::new().await;
    let me = house.administrator().await;
    let db = house.db(&me);
    for (name, phone) in [("長沙華信", "021-58881234转801"), ("重庆力帆", "13800001111"), ("张三商贸", "13800002222")]
    {
        house.customer(&db, json!({"name": name, "phones": [phone]})).await;
    }
    assert_eq!(walk(&db).await, 0, "this version has nothing to do after itself");

    // One entry as a version without marks makes it, and one that such a version changed after this one had made it.
    let client = house.database.connect().await;
    client
        .batch_execute(
            "update search_index set body = '長沙華信', tokens = '{}', digests = '{}', mark = 0 where body like '长沙%';
             update search_index set body = '重庆', tokens = '{}', digests = '{}' where body like '重庆%';
             update customers set title_sort = 'zhang sha' where name like '長沙%';
             update customers set title_sort = 'zhong qing' where name like '重庆%'",
        )
        .await
        .expect("made older");
    let state = "select (select sum(version) from customers)::bigint, (select count(*) from changes)";
    let before = client.query_one(state, &[]).await.expect("a state");
    let by = |q: &str| Listing { q: Some(q.to_owned()), ..Listing::default() };
    assert_eq!(names(&db, by("华信")).await, Vec::<String>::new());

    assert_eq!(walk(&db).await, 2);
    assert_eq!(walk(&db).await, 0, "once is enough");
    for q in ["华信", "1234", "58881234"] {
        assert_eq!(names(&db, by(q)).await, ["長沙華信"], "{q}");
    }
    assert_eq!(names(&db, by("力帆")).await, ["重庆力帆"]);
    let sorted = Listing { sort: vec![Sort::from("name".to_owned())], ..Listing::default() };
    assert_eq!(names(&db, sorted).await, ["長沙華信", "重庆力帆", "张三商贸"]);
    let after = client.query_one(state, &[]).await.expect("a state");
    let numbers = |row: &tokio_postgres::Row| [row.get::<_, i64>(0), row.get::<_, i64>(1)];
    assert_eq!(numbers(&before), numbers(&after), "no version rises, and the change log tells of nothing");
    drop(client);
    house.database.remove().await;
}
