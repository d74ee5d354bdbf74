//! A job outlives the process that works on it: a real `kill -9` in the middle of an import.

use std::time::{Duration, Instant};

use crate::stage::Stage;

const LINES: usize = 6_000;

#[test]
fn an_import_whose_process_is_killed_is_finished_by_the_next() {
    let mut stage = Stage::new();
    stage.serve();
    let token = stage.administrator();
    let lines: String = (1..=LINES).map(|n| format!("K{n},客户{n},联系人{n}\n")).collect();
    let path = "/api/v1/imports?resource=customers&mode=upsert&system=erp&name=file.csv";
    let headers = format!("Authorization: Bearer {token}\r\nContent-Type: text/csv\r\nIdempotency-Key: once\r\n");
    let (status, job) = stage.post(path, &headers, &format!("编号,客户名称,联系人\n{lines}"));
    assert_eq!(status, 202, "{job}");
    await_done(&stage, |done| done >= 1_000);
    stage.kill();
    let reached = done(&stage);
    assert!(reached < LINES, "the process was killed after its work was done, which shows nothing");
    let killed = Instant::now();
    stage.serve();
    await_done(&stage, |done| done > reached);
    println!("resumed {:?} after kill -9", killed.elapsed());
    assert!(killed.elapsed() < Duration::from_secs(10), "resumed after {:?} only", killed.elapsed());
    await_done(&stage, |done| done == LINES);
    let counted = stage.sql(
        "select count(*) || ' ' || count(distinct name) from customers
         union all select count(*) || ' ' || count(distinct name) from contacts",
    );
    let whole = format!("{LINES} {LINES}");
    assert_eq!(counted, [whole.clone(), whole], "no line is lost and none came twice");
    let resumed = stage.sql("select (resumed_count >= 1)::text from jobs where kind = 'import'");
    assert_eq!(resumed, ["true"]);
}

/// How many lines of the import are written.
fn done(stage: &Stage) -> usize {
    let rows = stage.sql("select done::text from jobs where kind = 'import'");
    rows[0].parse().expect("a number")
}

fn await_done(stage: &Stage, far_enough: impl Fn(usize) -> bool) {
    let limit = Instant::now() + Duration::from_secs(90);
    while !far_enough(done(stage)) {
        assert!(Instant::now() < limit, "the import does not get on: {} lines", done(stage));
        std::thread::sleep(Duration::from_millis(10));
    }
}
