//! What must stay fast however large the house grows, held without a stopwatch: few statements a request, and few rows
//! read for what is shown. PostgreSQL counts both for us; a plan that reads a whole table cannot hide.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use domain::filter::{Filter, Op};
use domain::listing::{Listing, Sort};
use domain::permission::{Right, Scope};
use domain::relations::{Contact, Customer};
use domain::viewer::Viewer;
use serde_json::{Value, json};
use store::keys::RootKey;
use store::records::{self, IfMatch};
use store::{Connections, Db, Store, Stored};
use tests::Database;
use tests::population::{self, Population, owner_id};
use tokio_postgres::Client;

use crate::support::{House, object, viewer};

const POPULATION: Population = Population { customers: 3_000 };

/// The first requests of a connection prepare statements and make up their minds about plans.
const WARM: usize = 8;
const COUNTED: usize = 20;
/// How often a cost that is too high may be counted again.
const TRIES: usize = 3;

/// A database with its population, and what PostgreSQL counts in it.
struct Counted {
    database: Database,
    administrator: Arc<Viewer>,
    /// Looks on from another database, so that it does not count itself.
    onlooker: Client,
}

/// What one request costs.
#[derive(Debug)]
struct Cost {
    /// Transactions; for reads each round trip to the database is one.
    transactions: i64,
    /// Rows of customers, contacts and search index.
    rows: i64,
    /// Scans of the whole of one of these tables, of all requests together.
    scans: i64,
}

impl Counted {
    async fn new() -> Self {
        let house = House::new().await;
        population::load(POPULATION, &house.store, &house.database.url, 2).await.expect("loaded");
        let administrator = house.administrator().await;
        let House { store, database } = house;
        drop(store);
        let elsewhere = database.url.replacen(&format!("/{}", database.name), "/postgres", 1);
        let (onlooker, connection) =
            tokio_postgres::connect(&elsewhere, tokio_postgres::NoTls).await.expect("connected");
        tokio::spawn(connection);
        let counted = Self { database, administrator, onlooker };
        counted.wait_until_alone().await;
        counted
    }

    async fn cost(&self, viewer: &Arc<Viewer>, request: &impl AsyncFn(&Db)) -> Cost {
        let start = self.counters().await;
        self.run(viewer, WARM, request).await;
        let warm = self.counters().await;
        self.run(viewer, WARM + COUNTED, request).await;
        let end = self.counters().await;
        let each = |index: usize| {
            let counted = (end[index] - warm[index]) - (warm[index] - start[index]);
            (counted as f64 / COUNTED as f64).round() as i64
        };
        Cost { transactions: each(0), rows: each(1), scans: end[2] - start[2] }
    }

    /// Sends the request so often over a connection of its own, and waits until that has reported what it did.
    async fn run(&self, viewer: &Arc<Viewer>, times: usize, request: &impl AsyncFn(&Db)) {
        let root = RootKey::from_hex(&"07".repeat(32)).expect("a root key");
        let store =
            Store::open(&self.database.url, Connections { most: 2, runtimes: 1, beside: 0 }, &root, || Ok(vec![0; 32]))
                .await
                .expect("a store");
        let db = store.own(viewer.clone(), Default::default());
        for _ in 0..times {
            request(&db).await;
        }
        drop((db, store));
        self.wait_until_alone().await;
    }

    /// Transactions, rows and scans so far.
    async fn counters(&self) -> [i64; 3] {
        let client = self.database.connect().await;
        let query = "select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::bigint, sum(seq_scan)::bigint
                     from pg_stat_user_tables where relname in ('customers', 'contacts', 'search_index')";
        let tables = client.query_one(query, &[]).await.expect("statistics");
        drop(client);
        self.wait_until_alone().await;
        let query = "select xact_commit + xact_rollback from pg_stat_database where datname = $1";
        let database = self.onlooker.query_one(query, &[&self.database.name]).await.expect("statistics");
        [database.get(0), tables.get(0), tables.get(1)]
    }

    async fn wait_until_alone(&self) {
        let query = "select count(*) from pg_stat_activity where datname = $1 and backend_type = 'client backend'";
        for _ in 0..500 {
            let row = self.onlooker.query_one(query, &[&self.database.name]).await.expect("activity");
            if row.get::<_, i64>(0) == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("a connection stays open");
    }

    /// Asks for a list, and holds it to its limits.
    async fn list<R: Stored>(&self, name: &str, viewer: &Arc<Viewer>, listing: Listing, trips: i64, rows: i64) {
        let request = async |db: &Db| {
            records::list::<R>(db, &listing).await.expect("a list");
        };
        self.hold(name, viewer, trips, rows, request).await;
    }

    /// Holds a request to its limits. Autovacuum's transactions are counted with ours, but can only add to a cost: of
    /// several counts one that keeps the limits is proof.
    async fn hold(&self, name: &str, viewer: &Arc<Viewer>, trips: i64, rows: i64, request: impl AsyncFn(&Db)) {
        let mut costs = Vec::new();
        while costs.len() < TRIES {
            let cost = self.cost(viewer, &request).await;
            if cost.transactions <= trips && cost.rows <= rows && cost.scans == 0 {
                return;
            }
            costs.push(cost);
        }
        panic!("{name} may take {trips} round trips, {rows} rows and no scan: {costs:?}");
    }
}

fn by(field: &str, value: impl Into<Value>) -> Listing {
    Listing { filter: Filter::test(field, Op::Eq, value), ..Listing::default() }
}

fn sorted(field: &str) -> Listing {
    Listing { sort: vec![Sort::from(field.to_owned())], ..Listing::default() }
}

fn words(q: &str) -> Listing {
    Listing { q: Some(q.to_owned()), ..Listing::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_and_a_list_cost_one_statement_and_no_more_rows_than_they_show() {
    let counted = Counted::new().await;
    let me = counted.administrator.clone();
    let id = POPULATION.customer_id(1_234);
    let find = async |db: &Db| {
        records::find::<Customer>(db, id).await.expect("found");
    };
    counted.hold("a record", &me, 1, 1, find).await;
    let root = RootKey::from_hex(&"07".repeat(32)).expect("a root key");
    let store =
        Store::open(&counted.database.url, Connections { most: 2, runtimes: 1, beside: 0 }, &root, || Ok(vec![0; 32]))
            .await
            .expect("a store");
    let db = store.own(me.clone(), Default::default());
    let mut deep = Listing::default();
    for _ in 0..30 {
        deep.cursor = records::list::<Customer>(&db, &deep).await.expect("a page").page.next_cursor;
    }
    drop((db, store));
    counted.wait_until_alone().await;
    let seller = Arc::new(viewer(owner_id(3), Scope::Own, Right::Write));
    let customer = POPULATION.customer_id(77).to_string();
    counted.list::<Customer>("the newest", &me, Listing::default(), 1, 60).await;
    counted.list::<Customer>("a deep page", &me, deep, 1, 60).await;
    counted.list::<Customer>("an owner's", &me, by("owner_id", owner_id(3).to_string()), 1, 60).await;
    counted.list::<Customer>("a seller's own", &seller, Listing::default(), 1, 60).await;
    counted.list::<Customer>("by name", &me, sorted("name"), 1, 60).await;
    counted.list::<Contact>("of a customer", &me, by("customer_id", customer), 1, 10).await;
    // Planned each time for its values: one more round trip, to prepare.
    counted.list::<Customer>("a common level", &me, by("level", "c"), 2, 300).await;
    counted.list::<Customer>("a rare industry", &me, by("industry", "mining"), 2, 60).await;
    counted.list::<Customer>("a city", &me, by("city", "西宁"), 2, 60).await;
    counted.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_costs_two_round_trips_and_goes_straight_to_what_it_finds() {
    let counted = Counted::new().await;
    let me = counted.administrator.clone();
    let seller = Arc::new(viewer(owner_id(3), Scope::Own, Right::Write));
    let rare = POPULATION.customer(1_234).data;
    let tail = rare.phones[0][7..].to_owned();
    for (q, rows) in [
        (rare.name.as_str(), 40),
        (tail.as_str(), 60),
        ("有限", 400),
        ("youxian", 400),
        ("gs", 400),
        ("技", 800),
        ("华", 800),
        ("饕餮", 10),
        ("龘", 10),
        ("nve", 80),
        ("qqxxzz", 10),
    ] {
        counted.list::<Customer>(q, &me, words(q), 2, rows).await;
    }
    // Customers are found by their contacts too, whether few bear the word or many.
    let contact = POPULATION.contact(4_321).data;
    let contact_tail = contact.phones[0][contact.phones[0].len() - 4..].to_owned();
    for (q, rows) in
        [(contact.name.as_str(), 200), (contact_tail.as_str(), 60), ("王", 2_000), ("wang", 2_000), ("有限 王", 2_000)]
    {
        counted.list::<Customer>(q, &me, words(q), 2, rows).await;
    }
    counted.list::<Contact>("王", &me, words("王"), 2, 2_000).await;
    counted.list::<Contact>("wx", &me, words("wx"), 2, 2_000).await;
    counted.list::<Customer>("有限 among a seller's own", &seller, words("有限"), 2, 400).await;
    counted.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_compared_by_a_few_probes_of_the_index() {
    let counted = Counted::new().await;
    let me = counted.administrator.clone();
    let known = POPULATION.customer(1_234).data;
    let verbs = store::registry::of::<Customer>();
    let draft = object(json!({"name": known.name, "phones": known.phones, "emails": known.emails}));
    let stranger = object(json!({"name": "没有这一家", "phones": ["19912345678"], "emails": ["nobody@nowhere.cn"]}));
    for (name, draft, found, rows) in [("one that is there", draft, true, 60), ("a new one", stranger, false, 4)] {
        let check = async |db: &Db| {
            let alike = verbs.duplicates(db, &draft, None).await.expect("an answer");
            assert_eq!(!alike.is_empty(), found, "{alike:?}");
        };
        // The rules, the index with the records, and the names of their owners.
        counted.hold(name, &me, 3, rows, check).await;
    }
    counted.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_is_one_transaction() {
    let counted = Counted::new().await;
    let me = counted.administrator.clone();
    let turn = AtomicU64::new(0);
    let create = async |db: &Db| {
        let body = object(json!({"name": format!("新客户{}", turn.fetch_add(1, Ordering::Relaxed))}));
        db.write(async |tx| records::create::<Customer>(tx, &body).await).await.expect("created");
    };
    counted.hold("a creation", &me, 1, 4, create).await;
    let id = POPULATION.customer_id(5);
    let update = async |db: &Db| {
        let patch = object(json!({"notes": format!("第{}次", turn.fetch_add(1, Ordering::Relaxed))}));
        let update = db.write(async |tx| records::update::<Customer>(tx, id, &IfMatch::Any, &patch).await);
        assert!(update.await.expect("updated").changed);
    };
    counted.hold("an update", &me, 1, 4, update).await;
    counted.database.remove().await;
}
