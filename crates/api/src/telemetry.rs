//! Logs and metrics of the process. Personal data belongs in neither: a request is logged without its query string, and
//! metrics are labelled by route pattern.

use std::io::IsTerminal;

use anyhow::{Result, anyhow};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};

/// Seconds of a request, from a primary key look-up to the limit after which the database cuts it off.
const BUCKETS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0, 5.0, 30.0];

/// Starts logging to standard error. Tests of one process may call it again; the first call counts.
pub fn start_logging(config: &Config) -> Result<()> {
    // What the web server says about its threads is of no use to an operator.
    let levels = format!("actix_server=warn,{}", config.log);
    let filter = EnvFilter::try_new(levels).map_err(|error| anyhow!("ZHIYIN_LOG: {error}"))?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let _ = match config.log_format {
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
        LogFormat::Pretty => lines.compact().with_target(false).try_init(),
    };
    Ok(())
}

/// Starts counting, and gives back what renders the figures for Prometheus.
pub fn start_metrics() -> Result<PrometheusHandle> {
    let requests = Matcher::Full("http_request_seconds".into());
    let handle = PrometheusBuilder::new().set_buckets_for_metric(requests, BUCKETS)?.install_recorder()?;
    metrics::describe_counter!("http_requests_total", "Requests answered, by route and status");
    metrics::describe_counter!("unreadable_values_total", "Sealed values that this process could not open");
    metrics::describe_histogram!("http_request_seconds", "Time to answer a request, by route");
    metrics::describe_gauge!("http_requests_running", "Requests that are being answered");
    metrics::describe_gauge!("process_resident_memory_bytes", "Memory of this process");
    Ok(handle)
}

/// Memory of this process in bytes, where the system tells it.
pub fn resident_memory() -> Option<u64> {
    let figures = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = figures.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * rustix::param::page_size() as u64)
}
