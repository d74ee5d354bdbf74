//! `zhiyin seed`: a small company with customers to look at, the same each time, in one operation that can be undone.

mod activities;
mod customers;
mod documents;
mod money;
mod people;
mod sales;
mod tags;

use std::process::ExitCode;

use anyhow::Result;
use api::config::Config;
use chrono::{TimeDelta, Utc};
use domain::platform::operations::{ImportMode, OperationKind, OperationState, Outcome};
use domain::relations::Customer;
use domain::resource::Resource;
use serde_json::json;
use store::Tx;
use store::operations::import::{self, Plan};
use store::operations::{self, Draft, RowResult};
use store::records::{self, IfMatch};
use uuid::Uuid;

use self::sales::Known;
use super::workplace::{Actor, Workplace};

/// The system whose names the demo customers bear, so that a second seed finds them again.
const SYSTEM: &str = "demo";

pub async fn run(config: &Config) -> Result<ExitCode> {
    let workplace = Workplace::open(config).await?;
    let settings = json!({"system": SYSTEM});
    let draft = Draft { total: customers::COUNT, ..Draft::new(OperationKind::Seed, Customer::NAME, settings, false) };
    let db = workplace.db(&Actor::system(), "demo data", Some(draft.id)).await?;
    let plan = Plan { mode: ImportMode::Upsert, system: SYSTEM.to_owned(), dry_run: false };
    let tally = db.write(async |tx| {
        operations::start(tx, &draft).await?;
        let sellers = people::hire(tx).await?;
        let tags = tags::make(tx, &plan).await?;
        let tagged = |number| {
            let mut line = customers::line(number);
            line.values.insert("tag_ids".to_owned(), tags::of(number, &tags));
            line
        };
        let lines = (1..=customers::COUNT).map(tagged).collect();
        let results = import::chunk::<Customer>(tx, &plan, lines).await?;
        let known = hand_out(tx, &results, &sellers).await?;
        sales::bring_in(tx, &plan, &known).await?;
        activities::bring_in(tx, &known).await?;
        documents::bring_in(tx, &known).await?;
        let tally = operations::record(tx, draft.id, false, &results).await?;
        operations::finish(tx, draft.id, OperationState::Done).await?;
        Ok(tally)
    });
    let tally = tally.await?;
    println!("{} created, {} unchanged, {} failed", tally.created, tally.unchanged, tally.failed);
    println!("operation {0} (remove the demo data with: zhiyin undo {0})", draft.id);
    Ok(if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Gives new customers to the sellers in turn, and something to do with many of them in the next days.
async fn hand_out(tx: &mut Tx<'_>, results: &[RowResult], sellers: &[Uuid]) -> store::Result<Vec<Known>> {
    let mut known = Vec::new();
    let today = Utc::now().date_naive();
    let new = results.iter().filter(|result| result.outcome == Outcome::Created);
    for (number, id) in new.filter_map(|result| Some((result.row, result.record_id?))) {
        let seller = sellers.get(number as usize % sellers.len().max(1)).copied();
        records::assign::<Customer>(tx, id, &IfMatch::Any, seller, None).await?;
        if let Some(days) = customers::days_to_next_contact(number) {
            let patch = json!({"next_contact_on": today + TimeDelta::days(days)});
            records::update::<Customer>(tx, id, &IfMatch::Any, &customers::object(patch)).await?;
        }
        known.push(Known { number, id, owner: seller });
    }
    Ok(known)
}
