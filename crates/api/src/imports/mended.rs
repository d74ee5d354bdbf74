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

use super::documents::Documents;
use super::job::Payload;
use super::records::Record;
use super::{head, lines};

/// The lines of an import's file, with what its columns stand for.
pub struct Original {
    pub headers: Vec<String>,
    /// Targets by column.
    columns: Vec<Option<String>>,
    /// By the row in which a record begins, all of its rows.
    records: HashMap<i64, Vec<FileRow>>,
}

/// A row of the file.
struct FileRow {
    line: i64,
    cells: Vec<String>,
    /// What stands behind the last column.
    surplus: Option<String>,
}

impl Original {
    /// Reads those lines of the file that `wanted` names, if the file is still there and the caller's own.
    pub async fn read(db: &Db, payload: &Payload, wanted: &[i64]) -> store::Result<Option<Self>> {
        let is_own = files::find_own(db, domain::platform::operations::FileKind::Import, payload.file_id).await.is_ok();
        let Some(definition) = db.catalogue().find(&payload.request.resource).filter(|_| is_own) else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        let mut number = 0;
        while let Some(part) = files::read_part(db, payload.file_id, number).await? {
            bytes.extend(part);
            number += 1;
        }
        let (payload, wanted) = (payload.clone(), wanted.to_vec());
        let read = tokio::task::spawn_blocking(move || Self::of(&bytes, definition, payload, &wanted)).await;
        Ok(read.ok().and_then(Result::ok))
    }

    fn of(bytes: &[u8], definition: &Definition, payload: Payload, wanted: &[i64]) -> io::Result<Self> {
        let source = payload.source(definition);
        let mut heading = lines::reader(bytes, &source.format);
        let heading = heading.find(|record| record.as_ref().map_or(true, |it| it.line == source.format.heading));
        let headers = heading.transpose()?.map(|record| record.cells).unwrap_or_default();
        let own: Vec<usize> = (0..headers.len()).filter(|column| !head::is_ours(&headers[*column])).collect();
        let chosen = |record: &[String]| -> Vec<String> {
            own.iter().map(|at| record.get(*at).cloned().unwrap_or_default()).collect()
        };
        let row = |record: &Record| FileRow {
            line: record.line,
            cells: chosen(&record.cells),
            surplus: record
                .cells
                .get(source.mapping.len()..)
                .filter(|more| !more.is_empty())
                .map(|more| more.join("; ")),
        };
        let mut records = HashMap::new();
        for document in Documents::new(source.records(bytes), definition, &source.mapping) {
            let document = document?;
            if wanted.binary_search(&document.first.line).is_ok() {
                records.insert(document.first.line, document.rows().map(row).collect());
            }
        }
        let columns = own.iter().map(|column| payload.columns.get(*column).cloned().flatten()).collect();
        Ok(Self { headers: chosen(&headers), columns, records })
    }

    /// The rows of a record, each with its cells by heading, and under none what stands behind the last column. Columns of
    /// one heading are one list.
    pub fn told(&self, line: i64) -> Vec<(i64, BTreeMap<&str, String>)> {
        let rows = self.records.get(&line).into_iter().flatten();
        rows.map(|row| (row.line, self.cells(row))).collect()
    }

    fn cells(&self, row: &FileRow) -> BTreeMap<&str, String> {
        let surplus = row.surplus.iter().filter(|text| !text.trim().is_empty());
        let mut told: BTreeMap<&str, String> = surplus.map(|text| ("", text.clone())).collect();
        for (heading, cell) in self.headers.iter().zip(&row.cells) {
            let known = told.entry(heading.trim()).or_default();
            if !known.is_empty() && !cell.trim().is_empty() {
                known.push_str("; ");
            }
            known.push_str(cell);
        }
        told
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

/// The lines of the file that tell a record: their cells where they are known, their numbers, and what is wrong with each.
pub fn lines_of(
    definition: Option<&Definition>,
    original: Option<&Original>,
    result: &RowResult,
    locale: Locale,
) -> Vec<Vec<String>> {
    let width = original.map_or(0, |original| original.headers.len());
    let nothing = [FileRow { line: result.row, cells: Vec::new(), surplus: None }];
    let rows = original.and_then(|original| original.records.get(&result.row)).map_or(&nothing[..], Vec::as_slice);
    let told_at = |fault: &Fault| {
        let row = fault.params.get("row").and_then(|row| row.parse().ok());
        row.filter(|row| rows.iter().any(|known| known.line == *row)).unwrap_or(result.row)
    };
    let line = |row: &FileRow| {
        let reasons: Vec<String> = result
            .faults
            .iter()
            .filter(|fault| told_at(fault) == row.line)
            .map(|fault| reason(definition, original, fault, locale))
            .collect();
        let mut line: Vec<String> = row.cells.iter().map(|cell| cells::guarded(cell)).collect();
        line.resize(width, String::new());
        line.extend([row.line.to_string(), reasons.join(if locale == Locale::Chinese { "；" } else { "; " })]);
        line
    };
    rows.iter().map(line).collect()
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
