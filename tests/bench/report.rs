//! The table, for the terminal and for the README.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::http::Measured;
use crate::operations::Goal;

/// Between these lines of the README stands what was measured last.
const BEGIN: &str = "<!-- figures -->";
const END: &str = "<!-- end of figures -->";

/// One operation, measured beside its yardstick.
pub struct Line {
    pub name: &'static str,
    pub goal: Goal,
    /// At 16 connections.
    pub many: Measured,
    pub many_reference: f64,
    /// At one connection.
    pub one: Measured,
    pub one_reference: f64,
    /// Microseconds of processor a request, at 16 connections.
    pub server_cpu: f64,
    pub postgres_cpu: f64,
    /// Processors that others kept busy meanwhile.
    pub others: f64,
    /// Statements that a request sends to the database.
    pub statements: usize,
}

impl Line {
    fn ratio(&self) -> f64 {
        self.many.per_second / self.many_reference.max(0.001)
    }

    fn verdict(&self) -> String {
        let mut missed = Vec::new();
        if self.ratio() < self.goal.ratio {
            missed.push(format!("ratio {:.2}", self.goal.ratio));
        }
        if self.many.p99 > self.goal.p99 {
            missed.push(format!("p99 {} ms", self.goal.p99));
        }
        if self.many.failures.count() > 0 {
            missed.push(self.many.failures.to_string());
        }
        if missed.is_empty() { "met".to_owned() } else { format!("missed: {}", missed.join(", ")) }
    }
}

pub fn table(lines: &[Line]) -> String {
    let mut text = String::from(
        "| operation | req/s, c=16 | pgbench | ratio | p50 / p99 / max ms | req/s, c=1 | ratio | CPU µs server / PostgreSQL | \
         SQL | others' CPU | goal |\n|---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for line in lines {
        let _ = writeln!(
            text,
            "| {} | {:.0} | {:.0} | **{:.2}** | {:.1} / {:.1} / {:.0} | {:.0} | {:.2} | {:.0} / {:.0} | {} | {:.1} | {} |",
            line.name,
            line.many.per_second,
            line.many_reference,
            line.ratio(),
            line.many.p50,
            line.many.p99,
            line.many.max,
            line.one.per_second,
            line.one.per_second / line.one_reference.max(0.001),
            line.server_cpu,
            line.postgres_cpu,
            line.statements,
            line.others,
            line.verdict(),
        );
    }
    text
}

/// Replaces the figures of the README.
pub fn write(readme: &Path, figures: &str) -> Result<()> {
    let text = fs::read_to_string(readme).with_context(|| readme.display().to_string())?;
    let (before, rest) = text.split_once(BEGIN).context("the README has no place for figures")?;
    let (_, after) = rest.split_once(END).context("the place for figures has no end")?;
    fs::write(readme, format!("{before}{BEGIN}\n{}\n{END}{after}", figures.trim()))?;
    Ok(())
}
