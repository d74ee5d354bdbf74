//! How a process ends, and what it tells the watchman meanwhile.

use std::time::{Duration, Instant};

use crate::stage::{Stage, free_port};

#[test]
fn a_stopping_server_goes_on_answering_until_the_load_balancer_has_noticed() {
    let mut stage = Stage::new();
    stage.settings.push(("ZHIYIN_DRAIN_SECONDS", "2".into()));
    stage.serve();
    let told = Instant::now();
    stage.signal_end();
    let limit = told + Duration::from_secs(1);
    while stage.is_ready() {
        assert!(Instant::now() < limit, "readyz fails at once");
    }
    let answer = stage.get(stage.port, "/healthz").expect("still answering");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    stage.await_end();
    assert!(told.elapsed() >= Duration::from_secs(2), "the drain delay was kept");
    assert_eq!(stage.get(stage.port, "/healthz"), None, "and then nobody answers");
    assert_eq!(stage.postmaster(), None);
}

#[test]
fn metrics_have_a_listener_of_their_own_and_name_no_record() {
    let mut stage = Stage::new();
    let port = free_port();
    stage.settings.push(("ZHIYIN_METRICS_LISTEN", format!("127.0.0.1:{port}")));
    stage.serve();
    let secret = "0190c0de-0000-7000-8000-00000000cafe";
    stage.get(stage.port, &format!("/api/v1/customers/{secret}?q={secret}")).expect("an answer");
    let figures = stage.get(port, "/metrics").expect("the figures");
    assert!(figures.contains("http_requests_total{method=\"GET\",route=\"/readyz\",status=\"200\"}"), "{figures}");
    assert!(figures.contains("process_resident_memory_bytes"), "{figures}");
    assert!(!figures.contains(secret), "{figures}");
    let public = stage.get(stage.port, "/metrics").expect("an answer");
    assert!(!public.contains("http_requests_total"), "metrics are not for everybody");
}

#[test]
fn a_server_waits_for_the_address_of_one_that_is_about_to_end() {
    let mut stage = Stage::new();
    let neighbour = std::net::TcpListener::bind(("127.0.0.1", stage.port)).expect("a port");
    let leaving = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_secs(2));
        drop(neighbour);
    });
    stage.serve();
    leaving.join().expect("left");
    assert!(stage.is_ready());
}

#[test]
fn where_somebody_else_listens_nothing_is_started() {
    let stage = Stage::new();
    let neighbour = std::net::TcpListener::bind(("127.0.0.1", stage.port)).expect("a port");
    let told = stage.refused(&["serve"]);
    assert!(told.contains(&format!("cannot listen on 127.0.0.1:{}: change ZHIYIN_LISTEN", stage.port)), "{told}");
    assert!(!told.contains("panicked"), "{told}");
    assert_eq!(stage.postmaster(), None);
    drop(neighbour);
}
