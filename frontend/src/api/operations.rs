//! Operations: what was done to many records at once, row by row, and taking it back.

use std::collections::HashMap;

use domain::Fault;
use serde::Deserialize;

use super::{Call, Result, parse};

/// How many rows came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Tally {
    pub created: u64,
    pub updated: u64,
    pub unchanged: u64,
    pub deleted: u64,
    pub restored: u64,
    pub failed: u64,
    pub skipped: u64,
}

impl Tally {
    /// The outcomes that occurred, by their words.
    pub fn parts(&self) -> Vec<(&'static str, u64)> {
        let all = [
            ("created", self.created),
            ("updated", self.updated),
            ("deleted", self.deleted),
            ("restored", self.restored),
            ("unchanged", self.unchanged),
            ("skipped", self.skipped),
            ("failed", self.failed),
        ];
        all.into_iter().filter(|(_, count)| *count > 0).collect()
    }

    /// Rows that something has come of.
    pub fn seen(&self) -> u64 {
        self.parts().into_iter().map(|(_, count)| count).sum()
    }

    /// Rows that were changed, so that there is something to take back.
    pub fn changed(&self) -> u64 {
        self.created + self.updated + self.deleted + self.restored
    }

    /// Rows that want to be looked at.
    pub fn troubled(&self) -> u64 {
        self.failed + self.skipped
    }
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Operation {
    pub id: String,
    pub kind: String,
    pub resource: String,
    pub state: String,
    pub dry_run: bool,
    pub total: u64,
    #[serde(flatten)]
    pub tally: Tally,
    pub user_id: Option<String>,
    pub undo_of: Option<String>,
    pub created_at: String,
    pub finished_at: Option<String>,
    /// Why rows failed, the most frequent reason first.
    pub reasons: Vec<Reason>,
}

/// A reason, and for how many rows it is one.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Reason {
    pub pointer: String,
    pub code: String,
    pub detail: String,
    pub count: u64,
}

impl Reason {
    /// The same as the fault of a row.
    pub fn fault(&self) -> Fault {
        Fault { detail: self.detail.clone(), ..Fault::new(self.pointer.as_str(), &self.code) }
    }
}

impl Operation {
    pub fn is_running(&self) -> bool {
        self.state == "running"
    }

    pub fn can_be_undone(&self) -> bool {
        !self.dry_run && matches!(self.state.as_str(), "done" | "failed") && self.tally.changed() > 0
    }

    pub fn percent(&self) -> Option<u8> {
        let share = (self.tally.seen() * 100).checked_div(self.total)?;
        u8::try_from(share.min(100)).ok()
    }
}

/// One row that was not simply done.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Row {
    pub row: u64,
    pub record_id: Option<String>,
    pub outcome: String,
    pub faults: Vec<Fault>,
    /// Of a line of one's own file, if asked for: its cells by heading.
    pub cells: HashMap<String, String>,
    /// Of a document, the further rows of the file that tell its lines.
    pub lines: Vec<FileRow>,
}

/// A row of a file.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct FileRow {
    pub row: u64,
    pub cells: HashMap<String, String>,
}

impl Row {
    /// The rows of the file at fault, each with what is wrong with it.
    pub fn at_fault(mut self) -> Vec<Row> {
        let further = std::mem::take(&mut self.lines).into_iter().map(|FileRow { row, cells }| {
            let is_its = |fault: &mut Fault| fault.params.get("row").is_some_and(|told| *told == row.to_string());
            let faults = self.faults.extract_if(.., is_its).collect();
            Row { row, faults, cells, ..Row::default() }
        });
        let further: Vec<Row> = further.filter(|row| !row.faults.is_empty()).collect();
        let first = (!self.faults.is_empty() || further.is_empty()).then_some(self);
        first.into_iter().chain(further).collect()
    }
}

/// The operations one may see, newest first, those before one when it is given.
pub async fn list(before: Option<&str>) -> Result<Vec<Operation>> {
    let before = before.map(|before| format!("&before={before}")).unwrap_or_default();
    let mut body = Call::get(format!("/operations?limit={PAGE}{before}")).send().await?.body;
    Ok(parse(body["data"].take()))
}

/// Operations on a page.
pub const PAGE: usize = 30;

pub async fn find(id: &str) -> Result<Operation> {
    Ok(parse(Call::get(format!("/operations/{id}")).send().await?.body))
}

/// The first rows that failed or were left alone, with the cells of the file if these are to be mended.
pub async fn troubled_rows(id: &str, cells: bool) -> Result<Vec<Row>> {
    let mut rows: Vec<Row> = Vec::new();
    for outcome in ["failed", "skipped"] {
        let path = format!("/operations/{id}/rows?outcome={outcome}&limit={SHOWN}&cells={cells}");
        let mut body = Call::get(path).send().await?.body;
        for row in parse::<Vec<Row>>(body["data"].take()) {
            let place = rows.iter().take_while(|known| known.row <= row.row).count();
            rows.insert(place, row);
        }
    }
    rows.truncate(SHOWN);
    Ok(rows)
}

/// Faulty rows on a page; the file has them all.
pub const SHOWN: usize = 50;

/// The faulty rows with their numbers and reasons, as a file.
pub async fn save_errors(id: &str) -> Result<()> {
    Call::get(format!("/operations/{id}/errors.csv")).save_as("errors.csv").await
}
