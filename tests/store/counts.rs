//! How many records a list has: exact as long as that is cheap, beyond it an estimate that is one.

use domain::filter::{Filter, Op};
use domain::listing::{Count, Listing};
use domain::relations::Contact;
use store::records;
use tests::population::{self, Population};

use crate::support::House;

/// More contacts than are counted.
const POPULATION: Population = Population { customers: 4_000 };

#[tokio::test]
async fn a_long_list_is_estimated_in_three_digits_and_counted_when_asked() {
    let house = House::new().await;
    population::load(POPULATION, &house.store, &house.database.url, 2).await.expect("loaded");
    let me = house.administrator().await;
    let db = house.db(&me);
    let total = async |count: Count, listing: Listing| {
        let page = records::list::<Contact>(&db, &Listing { count, ..listing }).await.expect("a list").page;
        (page.total.expect("a total"), page.estimated)
    };
    let by = |filter: Filter| Listing { filter, ..Listing::default() };
    let with_phones = Filter::test("phones", Op::IsNull, false);
    for listing in [Listing::default(), by(with_phones)] {
        let (exact, _) = total(Count::Exact, listing.clone()).await;
        let (about, estimated) = total(Count::Estimate, listing).await;
        assert!(estimated && about % 100 == 0 && about > 10_000, "{about}");
        assert!((about - exact).abs() * 20 < exact, "{about} for {exact}");
    }
    let primary = Filter::test("is_primary", Op::Eq, true);
    for listing in
        [by(primary.clone()), by(Filter::negate(primary)), Listing { q: Some("wang".into()), ..Listing::default() }]
    {
        let (exact, _) = total(Count::Exact, listing.clone()).await;
        assert!((1..=10_000).contains(&exact), "{exact}");
        assert_eq!(total(Count::Estimate, listing).await, (exact, false), "up to ten thousand nothing is estimated");
    }
    house.database.remove().await;
}
