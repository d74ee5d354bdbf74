//! `zhiyin undo`: takes an operation back.

use std::process::ExitCode;

use anyhow::Result;
use api::config::Config;
use api::operations::undo;
use clap::Args;
use domain::platform::operations::Outcome;
use domain::platform::users::Locale;
use serde_json::json;
use store::operations;
use uuid::Uuid;

use super::workplace::{self, Workplace};

#[derive(Args)]
pub struct Options {
    /// The operation, as the command or page that began it has named it.
    operation: Uuid,
    /// Say what would happen, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Print the outcome as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    actor: workplace::Actor,
}

pub async fn run(config: &Config, options: Options) -> Result<ExitCode> {
    let workplace = Workplace::open(config).await?;
    let id = Uuid::now_v7();
    let db = workplace.db(&options.actor, "undo from the command line", Some(id)).await?;
    let draft = undo::draft(&db, id, options.operation, options.dry_run, None).await.map_err(|error| {
        let faults = error.0.faults.iter().map(|fault| workplace::sentence(fault, Locale::English));
        anyhow::anyhow!("{} {}", error.0.code.word(), faults.collect::<Vec<_>>().join("; "))
    })?;
    let tally = undo::run_now(&db, &draft, options.operation).await?;
    let skipped = operations::rows(&db, id, Some(Outcome::Skipped), None, 20).await?;
    if options.json {
        println!("{}", json!({"operation_id": id, "dry_run": options.dry_run, "counts": tally, "rows": skipped}));
    } else {
        let operations::Tally { deleted, restored, updated, skipped, failed, .. } = tally;
        println!("{deleted} deleted, {restored} restored, {updated} put back, {skipped} skipped, {failed} failed");
    }
    Ok(if tally.not_done() == 0 { ExitCode::SUCCESS } else { ExitCode::from(2) })
}
