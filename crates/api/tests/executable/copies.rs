//! A copy of the data folder, made while nobody ran on it, takes the place of what went on meanwhile.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::stage::Stage;

#[test]
fn what_was_handed_out_in_a_history_that_is_lost_fits_nothing_any_more() {
    let mut stage = Stage::new();
    stage.serve();
    let headers = format!("Authorization: Bearer {}\r\nContent-Type: application/json\r\n", stage.administrator());
    let ask = |stage: &Stage, method: &str, path: &str, more: &str, body: Value| {
        stage.ask(method, &format!("/api/v1{path}"), &format!("{headers}{more}"), &body.to_string())
    };
    let (_, made) = ask(&stage, "POST", "/customers", "", json!({"name": "华信"}));
    ask(&stage, "POST", "/customers", "", json!({"name": "鑫盛"}));
    let path = format!("/customers/{}", made["id"].as_str().expect("an id"));
    let tag = |record: &Value| format!("If-Match: \"{}\"\r\n", record["etag"].as_str().expect("a tag"));
    let lineage = |stage: &Stage| stage.sql("select value::text from settings where key = 'lineage'");
    let first = lineage(&stage);

    stage.terminate();
    let (cluster, copy) = (stage.cluster(), stage.folder().join("copy"));
    let run = |program: &str, flags: &str, paths: &[&Path]| {
        assert!(Command::new(program).arg(flags).args(paths).status().expect("run").success());
    };
    run("cp", "-a", &[&cluster, &copy]);
    stage.serve();
    assert_eq!(lineage(&stage), first, "a restart changes nothing");
    let (status, lost) = ask(&stage, "PATCH", &path, &tag(&made), json!({"city": "上海"}));
    assert_eq!(status, 200, "a tag outlives a restart: {lost}");
    let mark = ask(&stage, "GET", "/customers?limit=1", "", json!(null)).1["page"]["next_cursor"].clone();
    let page = format!("/customers?limit=1&cursor={}", mark.as_str().expect("another page"));
    assert_eq!(ask(&stage, "GET", &page, "", json!(null)).0, 200);

    stage.terminate();
    run("rm", "-r", &[&cluster]);
    run("cp", "-a", &[&copy, &cluster]);
    stage.serve();
    assert_ne!(lineage(&stage), first, "the copy has a name of its own");
    let (_, now) = ask(&stage, "GET", &path, "", json!(null));
    assert_eq!((&now["version"], &now["city"]), (&json!(1), &json!(null)));
    let (status, other) = ask(&stage, "PATCH", &path, &tag(&now), json!({"city": "北京"}));
    assert_eq!((status, &other["version"]), (200, &lost["version"]), "{other}");
    let (status, answer) = ask(&stage, "PATCH", &path, &tag(&lost), json!({"name": "被覆盖"}));
    assert_eq!(status, 412, "nothing is overwritten by who saw another version 2: {answer}");
    assert_eq!(ask(&stage, "GET", &page, "", json!(null)).0, 400);

    // Even on the very same ground the tag of the lost change does not fit.
    stage.sql(&format!("update settings set value = '{}' where key = 'lineage'", first[0]));
    stage.terminate();
    stage.serve();
    assert_eq!(lineage(&stage), first);
    assert_eq!(ask(&stage, "PATCH", &path, &tag(&lost), json!({"name": "被覆盖"})).0, 412);
}
