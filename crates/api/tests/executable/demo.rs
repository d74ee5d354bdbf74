//! The demo data: a small company, brought in once, that stands in nobody's way and can be taken out again.

use crate::stage::{Stage, undoing};

#[test]
fn demo_data_comes_once_leaves_the_set_up_open_and_goes_without_a_trace() {
    let mut stage = Stage::new();
    stage.serve();
    let first = stage.printed(&["seed"]);
    assert!(first.starts_with("300 created, 0 unchanged, 0 failed"), "{first}");
    let again = stage.printed(&["seed"]);
    assert!(again.starts_with("0 created, 300 unchanged, 0 failed"), "{again}");
    let unowned = "select count(*) from customers where owner_id is null or department_id is null";
    assert_eq!(stage.sql(unowned), ["0"], "every customer has somebody");
    let link = stage.printed(&["user", "setup-link"]);
    assert!(link.contains("/setup?token="), "demo people do not count as an administrator: {link}");
    stage.printed(&["undo", undoing(&first)]);
    for table in ["customers", "contacts", "users", "departments"] {
        assert_eq!(stage.sql(&format!("select count(*) from {table} where deleted_at is null")), ["0"], "{table}");
    }
}
