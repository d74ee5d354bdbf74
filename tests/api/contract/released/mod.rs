//! The promise to those who wrote clients: within v1 things are added, nothing that was released is taken away.
//!
//! `openapi/released.json` is the document as it was released, without its prose; `cargo xtask openapi --release` writes
//! it. See `openapi/README.md`.

mod difference;
mod schema;

use serde_json::Value;

use difference::breaks;

#[test]
fn nothing_that_was_released_is_broken() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi/released.json");
    let released: Value = serde_json::from_str(&std::fs::read_to_string(file).expect("a baseline")).expect("JSON");
    assert!(released["paths"].as_object().is_some_and(|paths| paths.len() > 40), "the baseline lost most of its paths");
    let breaks = breaks(&released, &api::openapi::document());
    assert!(breaks.is_empty(), "{} breaking differences:\n{}", breaks.len(), breaks.join("\n"));
}
