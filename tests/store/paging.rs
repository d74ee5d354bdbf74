//! A walk by cursor shows every row once, forwards and backwards, whatever the order.

use domain::listing::{Listing, Sort};
use domain::relations::Customer;
use serde_json::json;
use store::records;

use crate::support::House;

async fn house_with_customers(count: usize) -> (House, store::Db) {
    let house = House::new().await;
    let viewer = house.administrator().await;
    let db = house.db(&viewer);
    for number in 0..count {
        // Few distinct values and many empty ones, so that ties and nulls fall on the borders of pages.
        let body = json!({
            "name": format!("客户{}", number % 5),
            "level": (number % 3 < 2).then_some(if number % 3 == 0 { "a" } else { "b" }),
            "next_contact_on": (number % 4 > 0).then(|| format!("2026-12-{:02}", number % 7 + 1)),
        });
        house.customer(&db, body).await;
    }
    (house, db)
}

async fn walk(db: &store::Db, sort: &str, limit: u16) -> (Vec<String>, Vec<String>) {
    let sort: Vec<Sort> = sort.split(',').map(|key| Sort::from(key.to_owned())).collect();
    let mut listing = Listing { sort, limit: Some(limit), ..Listing::default() };
    let (mut forwards, mut backwards) = (Vec::new(), Vec::new());
    let ids = |listed: &store::Listed<Customer>| -> Vec<String> {
        listed.records.iter().map(|record| record.stamp().id.to_string()).collect()
    };
    let mut last_cursor = None;
    loop {
        let listed = records::list::<Customer>(db, &listing).await.expect("a page");
        forwards.extend(ids(&listed));
        last_cursor = listed.page.last_cursor.clone().or(last_cursor);
        match listed.page.next_cursor {
            Some(cursor) => listing.cursor = Some(cursor),
            None => break,
        }
    }
    listing.cursor = last_cursor;
    loop {
        let listed = records::list::<Customer>(db, &listing).await.expect("a page");
        backwards.splice(0..0, ids(&listed));
        match listed.page.prev_cursor {
            Some(cursor) => listing.cursor = Some(cursor),
            None => break,
        }
    }
    (forwards, backwards)
}

#[tokio::test]
async fn every_row_is_shown_once_in_both_directions() {
    let (house, db) = house_with_customers(53).await;
    for sort in
        ["-updated_at", "name", "-name", "next_contact_on", "-next_contact_on,name", "level,-next_contact_on,name"]
    {
        let (forwards, backwards) = walk(&db, sort, 7).await;
        let distinct: std::collections::BTreeSet<_> = forwards.iter().collect();
        assert_eq!((forwards.len(), distinct.len()), (53, 53), "{sort}");
        assert_eq!(forwards, backwards, "{sort}");
    }
    house.database.remove().await;
}

#[tokio::test]
async fn a_cursor_fits_only_the_list_and_the_caller_it_was_made_for() {
    let (house, db) = house_with_customers(5).await;
    let listing = Listing { limit: Some(2), ..Listing::default() };
    let cursor = records::list::<Customer>(&db, &listing).await.expect("a page").page.next_cursor.expect("more");
    let refused = async |db: &store::Db, listing: Listing| {
        let error = records::list::<Customer>(db, &listing).await.err().expect("refused");
        domain::Error::from(error).code.word()
    };
    let with_cursor = |cursor: &str| Listing { cursor: Some(cursor.to_owned()), ..listing.clone() };
    let other_order = Listing { sort: vec![Sort::from("name".to_owned())], ..with_cursor(&cursor) };
    assert_eq!(refused(&db, other_order).await, "invalid_cursor");
    let mut altered = cursor.clone().into_bytes();
    altered[30] ^= 1;
    assert_eq!(refused(&db, with_cursor(&String::from_utf8_lossy(&altered))).await, "invalid_cursor");
    let other = house.administrator().await;
    assert_eq!(refused(&house.db(&other), with_cursor(&cursor)).await, "invalid_cursor");
    house.database.remove().await;
}
