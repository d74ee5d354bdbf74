//! How many rows a second come in from a file: checked, looked up by their id in the other system, sealed, indexed for
//! search, and in the change log, into tables that have all their indexes.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Result, ensure};
use tests::population::Population;

/// Performance.md, section 7: half of what COPY does.
const GOAL: f64 = 8_700.0;

/// Imports so many new customers with the server's own command, and says how fast it was.
pub fn measure(server: &mut Command, folder: &Path, population: Population, rows: u64) -> Result<String> {
    let file = folder.join("customers.csv");
    fs::write(&file, lines(population, rows))?;
    let started = Instant::now();
    let answer = server.args(["import", "customers"]).arg(&file).args(["--system", "bench", "--json"]).output()?;
    let seconds = started.elapsed().as_secs_f64();
    ensure!(answer.status.success(), "import: {}", String::from_utf8_lossy(&answer.stderr));
    let rate = rows as f64 / seconds;
    let verdict = if rate < GOAL { "missed" } else { "met" };
    Ok(format!("Import of {rows} new customers from CSV: {rate:.0} rows/s (goal {GOAL:.0}: {verdict})."))
}

fn lines(population: Population, rows: u64) -> String {
    let mut text = String::from("id,name,level,status,phones,emails,region,city,address\n");
    for row in population.customers..population.customers + rows {
        let customer = population.customer(row).data;
        let level = customer.level.map(|level| level.word()).unwrap_or_default();
        let (region, city) = (customer.region.unwrap_or_default(), customer.city.unwrap_or_default());
        let (phones, emails) = (&customer.phones[0], customer.emails.concat());
        let (status, address) = (customer.status.word(), customer.address.unwrap_or_default());
        let _ =
            writeln!(text, "B{row},\"{}\",{level},{status},{phones},{emails},{region},{city},{address}", customer.name);
    }
    text
}
