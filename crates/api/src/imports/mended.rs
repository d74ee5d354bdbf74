//! The lines that did not come in, as a file to be mended and loaded again as it is: the heading and cells of the file
//! they stood in, and behind them the number of the line and the reasons.

use std::collections::{BTreeMap, HashMap};
use std::io;

use domain::catalogue;
use domain::error::Fault;
use domain::messages;
use domain::platform::users::Locale;
use domain::resource::Definition;
use domain::transfer::{Target, cells};
use store::Db;
use store::operations::RowResult;
use store::platform::files;

use super::job::Payload;
use super::{head, lines};

/// The lines of an import's file, with what its columns stand for.
pub struct Original {
    pub headers: Vec<String>,
    /// Targets by column.
    columns: Vec<Option<String>>,
    cells: HashMap<i64, Vec<String>>,
    /// What stands behind the last column.
    surplus: HashMap<i64, String>,
}

impl Original {
    /// Reads those lines of the file that `wanted` names, if the file is still there and the caller's own.
    pub async fn read(db: &Db, payload: &Payload, wanted: &[i64]) -> store::Result<Option<Self>> {
        if files::find_own(db, domain::platform::operations::FileKind::Import, payload.file_id).await.is_err() {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        let mut number = 0;
        while let Some(part) = files::read_part(db, payload.file_id, number).await? {
            bytes.extend(part);
            number += 1;
        }
        let (payload, wanted) = (payload.clone(), wanted.to_vec());
        let read = tokio::task::spawn_blocking(move || Self::of(&bytes, &payload, &wanted)).await;
        Ok(read.ok().and_then(Result::ok))
    }

    fn of(bytes: &[u8], payload: &Payload, wanted: &[i64]) -> io::Result<Self> {
        let (mut headers, mut cells, mut surplus) = (Vec::new(), HashMap::new(), HashMap::new());
        for record in lines::reader(bytes, &payload.format) {
            let record = record?;
            if record.line == payload.format.heading {
                headers = record.cells;
            } else if wanted.binary_search(&record.line).is_ok() {
                let record = payload.corrections.mend(record, payload.columns.len());
                if let Some(more @ [_, ..]) = record.cells.get(payload.columns.len()..) {
                    surplus.insert(record.line, more.join("; "));
                }
                cells.insert(record.line, record.cells);
            }
        }
        let own: Vec<usize> = (0..headers.len()).filter(|column| !head::is_ours(&headers[*column])).collect();
        let chosen = |record: &[String]| -> Vec<String> {
            own.iter().map(|at| record.get(*at).cloned().unwrap_or_default()).collect()
        };
        let cells = cells.into_iter().map(|(line, record): (i64, Vec<String>)| (line, chosen(&record))).collect();
        let columns = own.iter().map(|column| payload.columns.get(*column).cloned().flatten()).collect();
        Ok(Self { headers: chosen(&headers), columns, cells, surplus })
    }

    /// The cells of a line by heading, and under none what stands behind the last column. Columns of one heading are one
    /// list.
    pub fn told(&self, line: i64) -> Option<BTreeMap<&str, String>> {
        let surplus = self.surplus.get(&line).filter(|text| !text.trim().is_empty());
        let mut told: BTreeMap<&str, String> = surplus.map(|text| ("", text.clone())).into_iter().collect();
        for (heading, cell) in self.headers.iter().zip(self.cells.get(&line)?) {
            let known = told.entry(heading.trim()).or_default();
            if !known.is_empty() && !cell.trim().is_empty() {
                known.push_str("; ");
            }
            known.push_str(cell);
        }
        Some(told)
    }

    /// The heading that stands for what a fault points at.
    fn header(&self, target: &str) -> Option<&str> {
        let column = self.columns.iter().position(|column| column.as_deref() == Some(target))?;
        Some(self.headers[column].as_str())
    }
}

/// The headings of the two columns that we add.
pub fn headings(locale: Locale) -> [&'static str; 2] {
    ["transfer.row", "transfer.reasons"].map(|key| messages::lookup(locale, key).unwrap_or_default())
}

/// A line of the file: its cells where they are known, its number and what is wrong with it.
pub fn line(
    definition: Option<&Definition>,
    original: Option<&Original>,
    row: &RowResult,
    locale: Locale,
) -> Vec<String> {
    let reasons: Vec<String> = row.faults.iter().map(|fault| reason(definition, original, fault, locale)).collect();
    let width = original.map_or(0, |original| original.headers.len());
    let cells = original.and_then(|original| original.cells.get(&row.row)).cloned().unwrap_or_default();
    let mut line: Vec<String> = cells.iter().map(|cell| cells::guarded(cell)).collect();
    line.resize(width, String::new());
    line.extend([row.row.to_string(), reasons.join(if locale == Locale::Chinese { "；" } else { "; " })]);
    line
}

/// A fault in words, after the column it is about.
fn reason(definition: Option<&Definition>, original: Option<&Original>, fault: &Fault, locale: Locale) -> String {
    let target = target(&fault.pointer);
    let label = || Some(Target::named(definition?, &target)?.label(definition?, locale));
    let place = original.and_then(|original| original.header(&target).map(str::to_owned)).or_else(label);
    match place {
        Some(place) if locale == Locale::Chinese => format!("{place}：{}", fault.detail),
        Some(place) => format!("{place}: {}", fault.detail),
        None => fault.detail.clone(),
    }
}

/// What a pointer is about: `/phones/0` is about `phones`, `/contact/phones/0` about `contact.phones`.
pub fn target(pointer: &str) -> String {
    let is_index = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = pointer.split('/').filter(|part| !part.is_empty() && !is_index(part)).collect();
    parts.join(".")
}

/// The resource of an operation, for the words of its fields.
pub fn definition(resource: &str) -> Option<&'static Definition> {
    catalogue::find(resource)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_is_about_a_column() {
        for (pointer, about) in
            [("/phones/0", "phones"), ("/contact/phones/12", "contact.phones"), ("/name", "name"), ("", "")]
        {
            assert_eq!(target(pointer), about);
        }
    }
}
