//! Search by part of a name, pinyin, initials, mixtures and the end of a telephone number; only what one may see.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::filter::{Filter, Op};
use domain::listing::{Count, Listing, Sort};
use domain::permission::{Right, Scope};
use domain::relations::{Contact, Customer};
use serde_json::{Value, json};
use store::records::Seen;
use store::{Db, records};
use tests::population::{self, Population};
use uuid::Uuid;

use crate::support::{House, object, viewer};

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
async fn a_name_is_found_however_it_is_written() {
    let house = House::new().await;
    let me = house.administrator().await;
    let db = house.db(&me);
    for (name, queries) in [
        ("華為技術（深圳）有限公司", &["华为", "華為", "huawei", "技术(深圳)", "（深圳）", "ｈｕａｗｅｉ"][..]),
        ("Mu\u{308}ller Söhne’s ＡＢＣ", &["müller", "muller sohne's", "MULLER", "abc", "ａｂｃ"][..]),
    ] {
        house.customer(&db, json!({"name": name})).await;
        for q in queries {
            assert_eq!(found(&db, q).await, [name], "{q}");
        }
    }
    let listing = Listing { q: Some("华为".into()), ..Listing::default() };
    let hits = records::list::<Customer>(&db, &listing).await.expect("a list").records;
    let why = store::search::why(&db, &hits, "华为").await.expect("reasons");
    assert_eq!(why[0][0].text.as_deref(), Some("華為"), "what was found is told as it stands");
    house.database.remove().await;
}

#[tokio::test]
async fn a_customer_is_found_by_each_of_its_numbers_with_country_and_area_and_without() {
    let house = House::new().await;
    let me = house.administrator().await;
    let db = house.db(&me);
    let by_filter = async |number: &str| {
        let filter = Filter::test("phones", Op::Eq, number);
        let listed = records::list::<Customer>(&db, &Listing { filter, ..Listing::default() }).await.expect("a list");
        listed.records.iter().map(|r| r.json()["name"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let other = house.customer(&db, json!({"name": "另一家", "phones": ["010-58881234"]})).await;
    for (name, phone, numbers) in [
        (
            "有分机",
            "021-58880801转1234",
            &["021-58880801", "58880801", "+86 21 58880801", "０２１－５８８８０８０１"][..],
        ),
        ("两个号码", "021-66661111/13911112222", &["66661111", "13911112222", "86 139 1111 2222"][..]),
        ("带国家码", "86-21-77771111", &["021-77771111", "77771111", "86-21-77771111", "+86 (021) 7777 1111"][..]),
    ] {
        house.customer(&db, json!({"name": name, "phones": [phone]})).await;
        for number in numbers {
            assert_eq!(found(&db, number).await, [name], "search for {number}");
            if number.is_ascii() {
                assert_eq!(by_filter(number).await, [name], "filter by {number}");
            }
        }
    }
    for (tail, name) in [("0801", "有分机"), ("2222", "两个号码"), ("1234", "另一家")] {
        assert_eq!(found(&db, tail).await, [name], "{tail}");
    }
    assert_eq!(by_filter("021-58881234").await, Vec::<String>::new(), "the same number in another town");
    let listing = Listing { q: Some("58881234".into()), ..Listing::default() };
    let hits = records::list::<Customer>(&db, &listing).await.expect("a list").records;
    assert_eq!(hits[0].stamp().id, other.stamp().id);
    let why = store::search::why(&db, &hits, "58881234").await.expect("reasons");
    assert_eq!((why[0][0].field, why[0][0].kind), ("phones", "phone"));
    house.database.remove().await;
}

async fn contact(db: &Db, customer: &Seen<Customer>, body: Value) -> Uuid {
    let mut body = object(body);
    body.insert("customer_id".into(), json!(customer.stamp().id));
    let created = db.write(async |tx| records::create::<Contact>(tx, &body).await);
    created.await.expect("created").stamp().id
}

#[tokio::test]
async fn a_customer_is_found_by_its_contacts_too() {
    let house = House::new().await;
    let me = house.administrator().await;
    let db = house.db(&me);
    let huaxin = house.customer(&db, json!({"name": "华信科技", "phones": ["13800005678"]})).await;
    let lifan = house.customer(&db, json!({"name": "力帆集团"})).await;
    let wang = contact(&db, &huaxin, json!({"name": "王芳", "phones": ["13911112222"]})).await;
    contact(&db, &huaxin, json!({"name": "李科"})).await;
    contact(&db, &lifan, json!({"name": "王科", "phones": ["13911113333"]})).await;
    for q in [
        "王芳",
        "wangfang",
        "wf",
        "2222",
        "139 1111 2222",
        "华信 王芳",
        "王芳 5678",
        "李科 王芳",
        "wang huaxin",
        "科技 李",
    ] {
        assert_eq!(found(&db, q).await, ["华信科技"], "{q}");
    }
    for q in ["王", "wang", "科", "1391111"] {
        let expected: &[&str] = if q == "1391111" { &[] } else { &["力帆集团", "华信科技"] };
        let mut names = found(&db, q).await;
        names.sort_by_key(|name| expected.iter().position(|known| known == name));
        assert_eq!(names, expected, "{q}");
    }
    for q in ["力帆 王芳", "3333 华信", "王芳 李帆"] {
        assert_eq!(found(&db, q).await, Vec::<String>::new(), "{q}");
    }
    let exact = Listing { q: Some("王 科".into()), count: Count::Exact, ..Listing::default() };
    assert_eq!(records::list::<Customer>(&db, &exact).await.expect("a list").page.total, Some(2));

    let listing = Listing { q: Some("华信 wangf 2222".into()), ..Listing::default() };
    let hits = records::list::<Customer>(&db, &listing).await.expect("a list").records;
    let why = store::search::why(&db, &hits, "华信 wangf 2222").await.expect("reasons");
    let why: Vec<_> = why[0].iter().map(|why| (why.resource, why.field, why.kind, why.text.as_deref())).collect();
    let of_contact = Some("contacts");
    assert_eq!(
        why,
        [
            (None, "name", "text", Some("华信")),
            (of_contact, "name", "pinyin", Some("王芳")),
            (of_contact, "phones", "phone", None),
        ]
    );

    let rename = object(json!({"name": "赵敏"}));
    let renamed = db.write(async |tx| records::update::<Contact>(tx, wang, &records::IfMatch::Any, &rename).await);
    renamed.await.expect("renamed");
    assert_eq!((found(&db, "王芳").await.len(), found(&db, "赵敏").await.len()), (0, 1));
    let deleted = db.write(async |tx| records::delete::<Contact>(tx, wang, &records::IfMatch::Any, None).await);
    deleted.await.expect("deleted");
    assert_eq!((found(&db, "赵敏").await.len(), found(&db, "2222").await.len()), (0, 0));
    house.database.remove().await;
}

#[tokio::test]
async fn a_search_follows_changes_and_shows_only_visible_rows() {
    let house = House::new().await;
    let me = house.administrator().await;
    let db = house.db(&me);
    let id = house.customer(&db, json!({"name": "华信"})).await.stamp().id;
    let patch = object(json!({"name": "鑫盛"}));
    let update = db.write(async |tx| records::update::<Customer>(tx, id, &records::IfMatch::Any, &patch).await);
    update.await.expect("updated");
    assert_eq!((found(&db, "华信").await.len(), found(&db, "xinsheng").await.len()), (0, 1));
    let stranger = house.administrator().await;
    let narrow = Arc::new(viewer(stranger.user_id, Scope::Own, Right::Write));
    assert_eq!(found(&house.db(&narrow), "鑫盛").await.len(), 0);
    db.write(async |tx| records::delete::<Customer>(tx, id, &records::IfMatch::Any, None).await)
        .await
        .expect("deleted");
    assert_eq!(found(&db, "鑫盛").await.len(), 0);
    house.database.remove().await;
}

/// What fits is fetched by the index or met on a walk, as the frequencies of its words say. Sorted by level there is no
/// index to walk along, so that everything is fetched.
#[tokio::test]
async fn a_search_finds_the_same_whichever_way_it_goes() {
    let house = House::new().await;
    population::load(Population { customers: 3_000 }, &house.store, &house.database.url, 2).await.expect("loaded");
    let me = house.administrator().await;
    let db = house.db(&me);
    // Written otherwise than the rest, and found with it.
    let written = house.customer(&db, json!({"name": "上海華\u{200b}信科技有限公司"})).await.stamp().id;
    for q in ["科技", "上海", "华信"] {
        let listing = Listing { q: Some(q.to_owned()), limit: Some(5), ..Listing::default() };
        assert!(every_id(&db, listing).await.contains(&written), "{q}");
    }
    for q in ["公司", "有限", "上海", "科技", "gs", "youxian", "科技 公司", "公司 youx", "王", "liu", "上海 王", "Co"]
    {
        let mut found = Vec::new();
        for sort in ["-updated_at", "level"] {
            let sort = vec![Sort::from(sort.to_owned())];
            let listing = Listing { q: Some(q.to_owned()), sort, limit: Some(500), ..Listing::default() };
            found.push(every_id(&db, listing).await);
        }
        assert!(!found[0].is_empty(), "{q}");
        assert_eq!(found[0], found[1], "{q}");
    }
    house.database.remove().await;
}

async fn every_id(db: &Db, mut listing: Listing) -> BTreeSet<Uuid> {
    let mut ids = BTreeSet::new();
    loop {
        let listed = records::list::<Customer>(db, &listing).await.expect("a list");
        ids.extend(listed.records.iter().map(|record| record.stamp().id));
        listing.cursor = listed.page.next_cursor;
        if listing.cursor.is_none() {
            return ids;
        }
    }
}
