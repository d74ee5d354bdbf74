//! `zhiyin undo`: takes an operation back.

use std::process::ExitCode;

use anyhow::Result;
use api::config::Config;
use api::operations::undo;
use clap::Args;
use domain::CATALOGUE;
use domain::platform::operations::Outcome;
use domain::platform::users::Locale;
use serde_json::json;
use store::operations::undo::Undoing;
use store::operations::{self, RowResult};
use store::{Db, records};
use uuid::Uuid;

use super::workplace::{self, Workplace};

#[derive(Args)]
pub struct Options {
    /// The operation, as the command or page that began it has named it.
    operation: Uuid,
    /// Say what would happen, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Delete what the operation made even if somebody changed it since, with what was added to it.
    #[arg(long)]
    changed_too: bool,
    /// Print the outcome as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    actor: workplace::Actor,
}

/// Most rows that are told.
const TOLD: i64 = 200;

pub async fn run(config: &Config, options: Options) -> Result<ExitCode> {
    let workplace = Workplace::open(config).await?;
    let id = Uuid::now_v7();
    let db = workplace.db(&options.actor, "undo from the command line", Some(id)).await?;
    let draft = undo::draft(&db, id, options.operation, options.dry_run, None).await.map_err(|error| {
        let faults = error.0.faults.iter().map(|fault| workplace::sentence(fault, Locale::English));
        anyhow::anyhow!("{} {}", error.0.code.word(), faults.collect::<Vec<_>>().join("; "))
    })?;
    let Options { operation, dry_run, changed_too, .. } = options;
    let tally = undo::run_now(&db, &draft, &Undoing { operation, dry_run, changed_too }).await?;
    let rows = operations::rows(&db, id, Some(Outcome::Skipped), None, TOLD).await?;
    if options.json {
        println!("{}", json!({"operation_id": id, "dry_run": options.dry_run, "counts": tally, "rows": rows}));
    } else {
        let operations::Tally { deleted, restored, updated, skipped, failed, .. } = tally;
        println!("{deleted} deleted, {restored} restored, {updated} put back, {skipped} skipped, {failed} failed");
        name(&db, &rows).await?;
    }
    Ok(if tally.not_done() == 0 { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

/// Says which records were left alone, and why.
async fn name(db: &Db, rows: &[RowResult]) -> Result<()> {
    let ids: Vec<Uuid> = rows.iter().filter_map(|row| row.record_id).collect();
    for resource in CATALOGUE {
        let titles = records::titles(db, resource.name, ids.clone()).await?;
        for row in rows {
            let Some((id, title)) = row.record_id.and_then(|id| Some((id, titles.get(&id)?))) else { continue };
            let reasons: Vec<String> =
                row.faults.iter().map(|fault| workplace::sentence(fault, Locale::English)).collect();
            println!("  kept: {} {title} ({id}): {}", resource.name, reasons.join(" "));
        }
    }
    Ok(())
}
