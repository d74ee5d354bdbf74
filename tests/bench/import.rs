//! How many rows a second come in from a file: checked, looked up by their id in the other system, sealed, indexed for
//! search, and in the change log, into tables that have all their indexes. Beside it COPY brings the finished rows into
//! a table with the same indexes, which is all that PostgreSQL would have to do.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use actix_web::web::Bytes;
use anyhow::{Context, Result, ensure};
use futures_util::{SinkExt, TryStreamExt, pin_mut};
use tests::population::Population;
use tokio_postgres::Client;

/// Performance.md, section 7: half of what COPY does.
const GOAL: f64 = 8_700.0;

/// Imports so many new customers with the server's own command, and says how fast it was.
pub fn measure(server: &mut Command, folder: &Path, population: Population, rows: u64) -> Result<f64> {
    let file = folder.join("customers.csv");
    fs::write(&file, lines(population, rows))?;
    let started = Instant::now();
    let answer = server.args(["import", "customers"]).arg(&file).args(["--system", "bench", "--json"]).output()?;
    let seconds = started.elapsed().as_secs_f64();
    ensure!(answer.status.success(), "import: {}", String::from_utf8_lossy(&answer.stderr));
    Ok(rows as f64 / seconds)
}

/// Rows a second of COPY into a table like that of the customers just imported.
pub async fn reference(client: &Client) -> Result<f64> {
    client.batch_execute("create table copied (like customers including all)").await?;
    let rows = client.copy_out("copy customers to stdout (format binary)").await?;
    let rows: Vec<Bytes> = rows.try_collect().await?;
    let started = Instant::now();
    let table = client.copy_in::<_, Bytes>("copy copied from stdin (format binary)").await?;
    pin_mut!(table);
    for row in rows {
        table.feed(row).await?;
    }
    let count = table.finish().await.context("COPY")?;
    Ok(count as f64 / started.elapsed().as_secs_f64())
}

pub fn sentence(rows: u64, rate: f64, copied: f64) -> String {
    let verdict = if rate < GOAL { "missed" } else { "met" };
    format!(
        "Import of {rows} customers from CSV into an empty database: {rate:.0} rows/s (goal {GOAL:.0}: {verdict}), {:.2} of \
         the {copied:.0} rows/s that COPY brings into the same table without checks, search and change log.",
        rate / copied
    )
}

fn lines(population: Population, rows: u64) -> String {
    let mut text = String::from("id,name,level,status,phones,emails,region,city,address\n");
    for row in 0..rows {
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
