//! The demo data: a small company, brought in once, that stands in nobody's way and can be taken out again.

use std::process::Stdio;

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
    for table in [
        "tasks",
        "contact_records",
        "leads",
        "quotes",
        "orders",
        "invoices",
        "payment_plans",
        "payments",
        "contracts",
        "service_requests",
        "tickets",
        "opportunities",
        "customers",
        "contacts",
        "tags",
        "products",
        "users",
        "departments",
    ] {
        assert_eq!(stage.sql(&format!("select count(*) from {table} where deleted_at is null")), ["0"], "{table}");
    }
}

#[test]
fn demo_people_who_stay_are_named_and_sign_in_no_more() {
    let mut stage = Stage::new();
    stage.serve();
    let seeded = stage.printed(&["seed"]);
    // Somebody gave one of them a password, and one of the customers a note.
    stage.sql("update users set version = version + 1, title = '经理' where username = 'demo.chen' returning id::text");
    let touched = "update customers set version = version + 1, notes = '重要' where name = \
                   (select min(name) from customers) returning name";
    let name = stage.sql(touched).remove(0);
    let undo = stage.zhiyin("undo").arg(undoing(&seeded)).stdout(Stdio::piped()).output().expect("run");
    assert_eq!(undo.status.code(), Some(2), "something was left alone: {undo:?}");
    let told = String::from_utf8(undo.stdout).expect("text");
    assert!(told.contains(&format!("kept: customers {name}")), "{told}");
    assert!(told.contains("kept: users 陈晓"), "{told}");
    let active = "select count(*) from users where deleted_at is null and status = 'active'";
    assert_eq!(stage.sql(active), ["0"], "whoever stays is disabled");
    let left = "select count(*) from customers where deleted_at is null";
    assert_eq!(stage.sql(left), ["1"]);
}
