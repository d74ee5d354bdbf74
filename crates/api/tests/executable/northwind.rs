//! The customers of the Northwind sample, through the commands: they come in whole, do not double, go out as they came,
//! and can be taken back.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use crate::stage::Stage;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/executable/data/northwind_customers.csv");

/// What a command printed.
fn printed(stage: &Stage, arguments: &[&str]) -> String {
    let mut command = stage.zhiyin(arguments[0]);
    let outcome = command.args(&arguments[1..]).stdout(Stdio::piped()).output().expect("run");
    assert!(outcome.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&outcome.stderr));
    String::from_utf8(outcome.stdout).expect("text")
}

/// The operation that an import names in its last words.
fn operation(printed: &str) -> &str {
    let words = printed.split("zhiyin undo ").nth(1).expect("how to undo it");
    words.split(')').next().expect("an id")
}

#[test]
fn northwind_comes_in_whole_and_goes_out_equal() {
    // One server for all commands spares each of them a start of PostgreSQL.
    let mut stage = Stage::new();
    stage.serve();
    let first = printed(&stage, &["import", "customers", FILE]);
    assert!(first.starts_with("91 created, 0 updated, 0 unchanged, 0 failed"), "{first}");
    let again = printed(&stage, &["import", "customers", FILE]);
    assert!(again.starts_with("0 created, 0 updated, 91 unchanged, 0 failed"), "{again}");
    assert_eq!(stage.sql("select count(*) from contacts where is_primary"), ["91"]);
    let exported = printed(&stage, &["export", "customers", "--like", FILE]);
    assert_eq!(exported, fs::read_to_string(Path::new(FILE)).expect("the file"));
    printed(&stage, &["undo", operation(&first)]);
    for table in ["customers", "contacts"] {
        assert_eq!(stage.sql(&format!("select count(*) from {table} where deleted_at is null")), ["0"], "{table}");
    }
}
