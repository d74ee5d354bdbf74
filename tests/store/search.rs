//! Search by part of a name, pinyin, initials, mixtures and the end of a telephone number; only what one may see.

use std::sync::Arc;

use domain::listing::Listing;
use domain::permission::{Right, Scope};
use domain::relations::Customer;
use serde_json::json;
use store::{Db, records};

use crate::support::{House, viewer};

async fn found(db: &Db, q: &str) -> Vec<String> {
    let listing = Listing { q: Some(q.to_owned()), ..Listing::default() };
    let listed = records::list::<Customer>(db, &listing).await.expect("a list");
    let mut names: Vec<_> =
        listed.records.iter().map(|r| r.json()["name"].as_str().unwrap_or_default().to_owned()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_customer_is_found_in_every_way_people_look_for_one() {
    let house = House::new().await;
    let me = house.administrator().await;
    let db = house.db(&me);
    for (name, phone) in
        [("深圳华信达科技有限公司", "13800005678"), ("重庆力帆集团", "023-6166 3000"), ("Acme Trading", "+1 555 0100")]
    {
        house.customer(&db, json!({"name": name, "phones": [phone]})).await;
    }
    let shenzhen = "深圳华信达科技有限公司";
    for q in ["华信", "huaxin", "hxd", "hx", "huax", "h信达", "szhx", "5678", "138 0000 5678", "科技 华信", "HUAXINDA"]
    {
        assert_eq!(found(&db, q).await, [shenzhen], "{q}");
    }
    for q in ["chongqing", "zhongqing", "cqlf", "力帆", "3000", "02361663000"] {
        assert_eq!(found(&db, q).await, ["重庆力帆集团"], "{q}");
    }
    assert_eq!(found(&db, "acm").await, ["Acme Trading"]);
    for q in ["华达", "xinhua", "%", "_", "'", "9999", "1380000567", "zzz"] {
        assert_eq!(found(&db, q).await, Vec::<String>::new(), "{q}");
    }
    house.database.remove().await;
}

#[tokio::test]
async fn a_search_follows_changes_and_shows_only_visible_rows() {
    let house = House::new().await;
    let me = house.administrator().await;
    let db = house.db(&me);
    let id = house.customer(&db, json!({"name": "华信"})).await.stamp().id;
    let patch = crate::support::object(json!({"name": "鑫盛"}));
    let update = db.write(async |tx| records::update::<Customer>(tx, id, &records::IfMatch::Any, &patch).await);
    update.await.expect("updated");
    assert_eq!((found(&db, "华信").await.len(), found(&db, "xinsheng").await.len()), (0, 1));
    let stranger = house.administrator().await;
    let narrow = Arc::new(viewer(stranger.user_id, Scope::Own, Right::Write));
    assert_eq!(found(&house.db(&narrow), "鑫盛").await.len(), 0);
    db.write(async |tx| records::delete::<Customer>(tx, id, &records::IfMatch::Any).await).await.expect("deleted");
    assert_eq!(found(&db, "鑫盛").await.len(), 0);
    house.database.remove().await;
}
