//! The customers of the Northwind sample, through the commands: they come in whole, do not double, go out as they came,
//! and can be taken back.

use std::fs;
use std::path::Path;

use crate::stage::{Stage, undoing};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/executable/data/northwind_customers.csv");

#[test]
fn northwind_comes_in_whole_and_goes_out_equal() {
    // One server for all commands spares each of them a start of PostgreSQL.
    let mut stage = Stage::new();
    stage.serve();
    let first = stage.printed(&["import", "customers", FILE]);
    assert!(first.starts_with("91 created, 0 updated, 0 unchanged, 0 failed"), "{first}");
    let again = stage.printed(&["import", "customers", FILE]);
    assert!(again.starts_with("0 created, 0 updated, 91 unchanged, 0 failed"), "{again}");
    assert_eq!(stage.sql("select count(*) from contacts where is_primary"), ["91"]);
    let exported = stage.printed(&["export", "customers", "--like", FILE]);
    assert_eq!(exported, fs::read_to_string(Path::new(FILE)).expect("the file"));
    stage.printed(&["undo", undoing(&first)]);
    for table in ["customers", "contacts"] {
        assert_eq!(stage.sql(&format!("select count(*) from {table} where deleted_at is null")), ["0"], "{table}");
    }
}
