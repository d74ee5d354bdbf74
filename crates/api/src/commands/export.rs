//! `zhiyin export`: records as a file, laid out like another file if one is named.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use api::config::Config;
use api::exports::run::{Shape, part};
use api::exports::writer::Layout;
use api::imports::format::Sniffer;
use api::imports::run::ANY_SYSTEM;
use api::imports::{head, lines};
use clap::Args;
use domain::listing::Listing;
use domain::platform::users::Locale;
use domain::resource::Definition;
use domain::transfer::{Target, columns};

use super::workplace::{Actor, Workplace};

#[derive(Args)]
pub struct Options {
    /// What to export, such as `customers`.
    resource: String,
    /// Use the columns, the delimiter and the line ends of this file.
    #[arg(long, value_name = "FILE")]
    like: Option<PathBuf>,
    /// The system whose ids stand in the column of external ids.
    #[arg(long, default_value = ANY_SYSTEM)]
    system: String,
    /// Write to this file instead of to standard output.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The language of headers and choices: `zh-CN` or `en`.
    #[arg(long, default_value = "zh-CN", value_parser = locale)]
    language: Locale,
    #[command(flatten)]
    actor: Actor,
}

fn locale(word: &str) -> Result<Locale, String> {
    Locale::from_word(word).ok_or_else(|| format!("one of {}", Locale::WORDS.join(", ")))
}

pub async fn run(config: &Config, options: Options) -> Result<ExitCode> {
    let definition = domain::catalogue::find(&options.resource).filter(|found| found.transferred);
    let definition = definition.with_context(|| format!("{} cannot be exported", options.resource))?;
    let shape = Shape::Csv(layout(definition, &options)?);
    let workplace = Workplace::open(config).await?;
    let db = workplace.db(&options.actor, "export from the command line", None).await?;
    let mut output: Box<dyn Write> = match &options.output {
        Some(file) => Box::new(File::create(file).with_context(|| format!("{} cannot be written", file.display()))?),
        None => Box::new(io::stdout().lock()),
    };
    output.write_all(&shape.head()?)?;
    let (mut after, mut count) = (None::<Vec<_>>, 0);
    loop {
        let part = part(&db, &options.resource, &Listing::default(), &shape, after.as_deref(), |_| false).await?;
        output.write_all(&part.bytes)?;
        count += part.ids.len();
        match part.last {
            Some(last) => after = Some(last),
            None => break,
        }
    }
    output.flush()?;
    eprintln!("{count} records");
    Ok(ExitCode::SUCCESS)
}

fn layout(definition: &'static Definition, options: &Options) -> Result<Layout> {
    let Some(like) = &options.like else {
        return Ok(Layout::labelled(definition, Target::all(definition), &options.system, options.language));
    };
    let open = || File::open(like).with_context(|| format!("{} cannot be read", like.display()));
    let format = Sniffer::of(open()?)?.finish();
    if format.encoding != "UTF-8" {
        bail!("exports are written in UTF-8, and {} is not", like.display());
    }
    let head = head::of(lines::reader(open()?, &format), definition, None, 0)?;
    let headers = head.with_context(|| format!("{} has no heading", like.display()))?.headers;
    let targets = columns::guess(definition, &headers);
    Ok(Layout { definition, headers, targets, system: options.system.clone(), locale: options.language, format })
}
