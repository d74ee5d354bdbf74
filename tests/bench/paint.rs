//! First paint, by a browser that pretends to be a phone on a slow line; see `paint.js`.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};
use serde::Deserialize;

/// Milliseconds from the beginning of a visit.
#[derive(Deserialize)]
struct Painted {
    first: f64,
    largest: f64,
    /// How much of the page jumped.
    shift: f64,
    cold: f64,
    warm: f64,
}

/// Opens the sign-in page as new and as returning visitors, and says how soon they could begin.
pub fn measure(node: &Path, address: &str) -> Result<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("bench/paint.js");
    let answer = Command::new(node).arg(script).arg(address).output()?;
    ensure!(answer.status.success(), "first paint: {}", String::from_utf8_lossy(&answer.stderr));
    let Painted { first, largest, shift, cold, warm } = serde_json::from_slice(&answer.stdout)?;
    let seconds = |milliseconds: f64, limit: f64| format!("{:.1} s (limit {limit} s)", milliseconds / 1000.0);
    Ok(format!(
        "On a phone (processor slowed fourfold, 1.6 Mbit/s, 150 ms): first paint {}, largest paint {}, layout shift {shift:.2} \
         (limit 0.1), sign-in usable {} at the first visit and {} at the next.",
        seconds(first, 1.8),
        seconds(largest, 2.5),
        seconds(cold, 4.0),
        seconds(warm, 1.5),
    ))
}
