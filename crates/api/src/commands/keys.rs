//! `zhiyin keys`: what signs and seals, replaced while the servers run.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use api::application;
use api::config::Config;
use api::database::Database;
use api::jobs::reseal;
use api::platform::keys;
use api::root_key;
use clap::{Subcommand, ValueEnum};
use domain::platform::keys::{Key, KeyState, Purpose};
use store::Db;
use store::keys::{IN_USE_AFTER, rotation};

#[derive(Subcommand)]
pub enum Command {
    /// List all keys and what they are for.
    List,
    /// Put a new key in the place of the one in use. What the old one signed or sealed stays good.
    Rotate {
        kind: Kind,
        /// Why; stands in the change log.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Seal anew, in the background, what older keys sealed. `rotate seal` does so by itself.
    Reseal,
    /// End a key that has been replaced. Tokens that it signed are refused by every server within five seconds.
    Withdraw {
        /// Such as sign-1.
        id: String,
        /// Why; stands in the change log.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Wrap all keys with another root key.
    Rewrap {
        /// File of the new root key; made if it is not there.
        #[arg(long, value_name = "FILE")]
        new_root_key_file: PathBuf,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Kind {
    /// The key that signs access tokens.
    Sign,
    /// The key that seals personal values.
    Seal,
}

pub async fn run(config: &Config, command: Command) -> Result<ExitCode> {
    let database = Database::open(config).await?;
    database.migrate().await?;
    let store = application::open_store(config, &database.url).await?;
    let mut db = store.system("zhiyin keys");
    match command {
        Command::List => list(&db).await?,
        Command::Reseal => reseal(&db).await?,
        Command::Rotate { kind, reason } => {
            db.trace.reason = reason.or(db.trace.reason);
            rotate(&db, kind).await?;
        }
        Command::Withdraw { id, reason } => {
            db.trace.reason = reason.or(db.trace.reason);
            withdraw(&db, &id).await?;
        }
        Command::Rewrap { new_root_key_file } => rewrap(&db, &new_root_key_file).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(db: &Db) -> Result<()> {
    for key in rotation::list(db).await? {
        println!("{:<10} {}  {}", key.id, key.created_at.format("%Y-%m-%d %H:%M:%S UTC"), told(&key));
    }
    Ok(())
}

/// What a key does, in words.
fn told(key: &Key) -> String {
    let words = match (key.purpose, key.state) {
        (_, KeyState::Withdrawn) => {
            let at = key.withdrawn_at.map(|at| at.format(" %Y-%m-%d %H:%M:%S UTC").to_string());
            return format!("withdrawn{}", at.unwrap_or_default());
        }
        (Purpose::Sign, KeyState::Announced) => "will sign access tokens in a few seconds, when every server knows it",
        (Purpose::Sign, KeyState::InUse) => "signs access tokens",
        (Purpose::Sign, KeyState::Kept) => "signs no more; tokens that it signed are good for their ten minutes",
        (Purpose::Seal, KeyState::Announced) => {
            "will seal personal values in a few seconds, when every server knows it"
        }
        (Purpose::Seal, KeyState::InUse) => "seals personal values",
        (Purpose::Seal, KeyState::Kept) => "seals no more; opens what it sealed, which is being sealed anew",
        (Purpose::Blind, _) => {
            "finds personal values by equality; not replaced, the whole search index was made with it"
        }
        (Purpose::Cursor, _) => {
            "signs page marks and session cookies; not replaced, what it signs ends with the session"
        }
    };
    words.to_owned()
}

async fn rotate(db: &Db, kind: Kind) -> Result<()> {
    let purpose = match kind {
        Kind::Sign => Purpose::Sign,
        Kind::Seal => Purpose::Seal,
    };
    let id = db.write(async |tx| keys::rotate(tx, purpose).await).await?;
    let keys = rotation::list(db).await?;
    let before: Vec<&str> = keys
        .iter()
        .filter(|key| key.purpose == purpose && key.id != id && key.state != KeyState::Withdrawn)
        .map(|key| key.id.as_str())
        .collect();
    let before = before.join(", ");
    println!("{id} was made; every server learns of it now and uses it in {IN_USE_AFTER} seconds.");
    match kind {
        Kind::Sign => println!(
            "Tokens that {before} signed stay good for their ten minutes; `zhiyin keys withdraw` ends them at once."
        ),
        Kind::Seal => println!(
            "What {before} sealed opens as before, and the servers seal it anew in the background; after that \
             `zhiyin keys withdraw` ends the old key."
        ),
    }
    Ok(())
}

async fn reseal(db: &Db) -> Result<()> {
    match db.write(async |tx| reseal::enqueue(tx).await).await? {
        true => println!("The servers seal anew what older keys sealed, in the background."),
        false => println!("The servers are at it already."),
    }
    Ok(())
}

async fn withdraw(db: &Db, id: &str) -> Result<()> {
    db.write(async |tx| rotation::withdraw(tx, id).await).await?;
    match id.starts_with(Purpose::Sign.word()) {
        true => println!(
            "{id} is withdrawn: within five seconds every server refuses the tokens that it signed. Open pages fetch new \
             ones by themselves; nobody has to sign in again."
        ),
        false => println!("{id} is withdrawn: nothing in the database is sealed with it any more."),
    }
    Ok(())
}

async fn rewrap(db: &Db, file: &std::path::Path) -> Result<()> {
    let root = root_key::read_or_create(file)?;
    let count = db.write(async |tx| rotation::rewrap(tx, &root).await).await;
    let count = count.context("the keys stay wrapped with the root key of before")?;
    println!(
        "{count} keys are wrapped with the root key in {file}. Every server needs it at its next start: set \
         ZHIYIN_ROOT_KEY_FILE={file} (and remove ZHIYIN_ROOT_KEY, if it is set). Servers that run go on until then, \
         but learn of no further new key.\nBackups from before need the old root key: keep both.",
        file = file.display()
    );
    Ok(())
}
