//! `zhiyin import`: a file becomes records, in one operation that can be taken back.

use std::fs::File;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use api::config::Config;
use api::imports::corrections::Corrections;
use api::imports::format::{Format, Sniffer, encoding_named};
use api::imports::head;
use api::imports::lines::{self, FilePlace, Source};
use api::imports::run::{self, ANY_SYSTEM, End, Request, Watcher};
use clap::Args;
use domain::platform::operations::{ImportMode, OperationKind, OperationState, Outcome};
use domain::platform::users::Locale;
use serde_json::json;
use store::operations::{self, Draft, Tally};
use store::{Db, Tx};
use uuid::Uuid;

use super::workplace::{self, Workplace};

#[derive(Args)]
pub struct Options {
    /// What the lines are, such as `customers`.
    resource: String,
    /// The file: CSV in UTF-8, UTF-16 or GB18030, with a header.
    file: PathBuf,
    /// The system the file comes from; its ids find the records again at the next import.
    #[arg(long, default_value = ANY_SYSTEM)]
    system: String,
    /// What to do with records that are there already: `upsert` changes them, `create` refuses them.
    #[arg(long, default_value = "upsert", value_parser = mode)]
    mode: ImportMode,
    /// Say what would happen, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Print the outcome as JSON.
    #[arg(long)]
    json: bool,
    /// The encoding of the file, such as `gb18030` or `windows-1252`; found out if it is not given.
    #[arg(long)]
    encoding: Option<String>,
    #[command(flatten)]
    actor: workplace::Actor,
}

/// How the file is written: as the caller says, or as it looks.
fn format(options: &Options, file: &mut File) -> Result<Format> {
    let Some(label) = &options.encoding else { return Ok(Sniffer::of(file)?.finish()) };
    let encoding = encoding_named(label).with_context(|| format!("{label} is no encoding"))?;
    Ok(Sniffer::of(file)?.finish_as(encoding))
}

fn mode(word: &str) -> Result<ImportMode, String> {
    ImportMode::from_word(word).ok_or_else(|| format!("one of {}", ImportMode::WORDS.join(", ")))
}

/// Most bad rows that are printed; the others are counted.
const SHOWN: i64 = 20;

pub async fn run(config: &Config, options: Options) -> Result<ExitCode> {
    let definition = domain::catalogue::find(&options.resource).filter(|found| found.transferred);
    let definition = definition.with_context(|| format!("{} cannot be imported", options.resource))?;
    let open = || File::open(&options.file).with_context(|| format!("{} cannot be read", options.file.display()));
    let format = format(&options, &mut open()?)?;
    let head = head::of(lines::reader(open()?, &format), definition, None, 0)?;
    let head = head.with_context(|| format!("{} has no heading", options.file.display()))?;
    let (format, headers) = (Format { heading: head.line, ..format }, head.headers);
    let request = Request {
        resource: options.resource.clone(),
        mode: options.mode,
        system: options.system.clone(),
        dry_run: options.dry_run,
        mapping: None,
    };
    let Ok(mapping) = lines::mapping(definition, &headers, None) else { bail!("the columns cannot be read") };
    if mapping.iter().all(Option::is_none) {
        bail!("no column of {} is known: {}", options.file.display(), headers.join(", "));
    }
    let workplace = Workplace::open(config).await?;
    let draft = Draft::new(OperationKind::Import, &options.resource, serde_json::to_value(&request)?, options.dry_run);
    let db = workplace.db(&options.actor, "import from the command line", Some(draft.id)).await?;
    db.write(async |tx| operations::start(tx, &draft).await).await?;
    let source = Source { format, mapping, corrections: Corrections::default() };
    let mut batches = lines::spawn(definition, open()?, source, FilePlace::default());
    let mut progress = Progress::default();
    let end = run::run(&db, &request, draft.id, &mut batches, &mut progress).await;
    let state = if matches!(end, Ok(End::Finished)) { OperationState::Done } else { OperationState::Failed };
    let total = progress.tally.done() + progress.tally.not_done();
    db.write(async |tx| {
        operations::set_total(tx, draft.id, total).await?;
        operations::finish(tx, draft.id, state).await
    })
    .await?;
    report(&db, &options, draft.id, &progress.tally).await?;
    end?;
    Ok(if progress.tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

/// Counts, and says how far it is on a line that is written over.
#[derive(Default)]
struct Progress {
    tally: Tally,
}

impl Watcher for Progress {
    async fn after_chunk(&mut self, tx: &mut Tx<'_>, _: FilePlace, tally: Tally) -> store::Result<bool> {
        tx.need_not_last().await?;
        self.tally.add(tally);
        if std::io::IsTerminal::is_terminal(&std::io::stderr()) {
            eprint!("\r{} rows", self.tally.done() + self.tally.not_done());
        }
        Ok(true)
    }
}

async fn report(db: &Db, options: &Options, id: Uuid, tally: &Tally) -> Result<()> {
    let bad = operations::rows(db, id, Some(Outcome::Failed), None, SHOWN).await?;
    let reasons = operations::reasons(db, id, SHOWN).await?;
    if options.json {
        let told =
            json!({"operation_id": id, "dry_run": options.dry_run, "counts": tally, "reasons": reasons, "rows": bad});
        println!("{told}");
        return Ok(());
    }
    let Tally { created, updated, unchanged, failed, .. } = tally;
    println!("{created} created, {updated} updated, {unchanged} unchanged, {failed} failed");
    if options.dry_run {
        println!("nothing was changed: this was a dry run");
    } else {
        println!("operation {id} (undo it with: zhiyin undo {id})");
    }
    for reason in &reasons {
        println!("{} rows: {} {}", reason.count, reason.pointer, reason.code);
    }
    for row in &bad {
        let faults = row.faults.iter().map(|fault| workplace::sentence(fault, Locale::English));
        println!("row {}: {}", row.row, faults.collect::<Vec<_>>().join("; "));
    }
    if tally.failed > SHOWN {
        println!("and {} more", tally.failed - SHOWN);
    }
    Ok(())
}
