//! The kinds of work, by their names in the queue.

use anyhow::bail;
use store::platform::{fields, followers, reminders, schedules, upkeep};
use store::{Db, Result};

use super::{Context, End, renewal, reseal};
use crate::{exports, imports, operations};

pub const IMPORT: &str = "import";
pub const EXPORT: &str = "export";
pub const BULK: &str = "bulk";
pub const UNDO: &str = "undo";
pub const RESEAL: &str = "reseal";
const INDEXES: &str = fields::INDEXES;
const UPKEEP: &str = "upkeep";
const RENEWAL: &str = "renewal";

const REMINDERS: &str = "reminders";
const FOLLOWERS: &str = followers::KIND;

const MINUTE: i32 = 60;
const DAY: i32 = 24 * 3600;

pub async fn run(context: &Context) -> anyhow::Result<End> {
    match context.job.kind.as_str() {
        IMPORT => imports::job::run(context).await,
        EXPORT => exports::job::run(context).await,
        BULK => operations::bulk::run_job(context).await,
        UNDO => operations::undo::run_job(context).await,
        RESEAL => reseal::run(context).await,
        RENEWAL => renewal::run(context).await,
        INDEXES => {
            store::catalogue::indexes::settle(&context.store).await?;
            Ok(End::Done)
        }
        UPKEEP => {
            upkeep::run(&context.system()).await?;
            Ok(End::Done)
        }
        FOLLOWERS => {
            followers::run(&context.system()).await?;
            Ok(End::Done)
        }
        REMINDERS => {
            reminders::run(&context.system()).await?;
            Ok(End::Done)
        }
        other => bail!("nobody here knows how to do {other}"),
    }
}

/// The work that comes again by itself.
pub async fn schedule(db: &Db) -> Result<()> {
    schedules::ensure(db, UPKEEP, DAY).await?;
    schedules::ensure(db, REMINDERS, MINUTE).await?;
    schedules::ensure(db, FOLLOWERS, MINUTE).await?;
    schedules::ensure(db, RENEWAL, DAY).await
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const ALL: [&str; 10] = [IMPORT, EXPORT, BULK, UNDO, RESEAL, RENEWAL, INDEXES, UPKEEP, FOLLOWERS, REMINDERS];

    #[test]
    fn every_kind_of_work_has_words_on_the_screen() {
        let source = include_str!("kinds.rs");
        let (_, run) = source.split_once("match context.job.kind").expect("the kinds");
        let (run, _) = run.split_once("other => bail!").expect("the end of the kinds");
        assert_eq!(run.matches(" => ").count(), ALL.len(), "a kind is missing here");
        for words in [
            include_str!("../../../../frontend/messages/zh-CN.json"),
            include_str!("../../../../frontend/messages/en.json"),
        ] {
            let words: BTreeMap<String, String> = serde_json::from_str(words).expect("texts");
            for kind in ALL {
                assert!(words.contains_key(&format!("work.kind.{kind}")), "{kind} has no words");
            }
        }
    }
}
