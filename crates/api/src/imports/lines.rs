//! The lines of a file, their cells already values by field. They are read on a thread of their own, a chunk ahead of
//! the database.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Read;

use csv::StringRecord;
use domain::error::Fault;
use domain::resource::{Definition, ExternalId};
use domain::transfer::{Target, cells, columns};
use serde_json::Value;
use store::operations::import::{CHUNK, Line};
use tokio::sync::mpsc;

use super::format::{Decoded, Format};

/// A row holds its header and all its data rows; in a spreadsheet the first line of data has the number 2.
const FIRST_ROW: i64 = 2;

/// Opens a file for reading line by line.
pub fn reader(file: impl Read, format: &Format) -> csv::Reader<impl Read> {
    csv::ReaderBuilder::new()
        .delimiter(u8::try_from(format.delimiter).unwrap_or(b','))
        .flexible(true)
        .from_reader(Decoded::new(file, format))
}

/// What the columns stand for: the given names where there are some, and guesses otherwise.
pub fn mapping(
    definition: &Definition,
    headers: &[String],
    given: Option<&HashMap<String, Option<String>>>,
) -> Result<Vec<Option<Target>>, Vec<Fault>> {
    let Some(given) = given else { return Ok(columns::guess(definition, headers)) };
    let mut faults = Vec::new();
    for (header, target) in given {
        if !headers.contains(header) {
            faults.push(Fault::new(format!("/mapping/{header}"), "unknown"));
        }
        if target.as_deref().is_some_and(|name| Target::named(definition, name).is_none()) {
            faults.push(Fault::new(format!("/mapping/{header}"), "not_a_choice"));
        }
    }
    let target = |header: &String| Target::named(definition, given.get(header)?.as_deref()?);
    if faults.is_empty() { Ok(headers.iter().map(target).collect()) } else { Err(faults) }
}

/// A chunk of lines, or why the file cannot be read on.
pub type Batch = Result<Vec<Line>, String>;

/// Reads lines on a thread of its own. Those up to `done` are passed over, but their keys are known.
pub fn spawn<F>(
    definition: &'static Definition,
    file: F,
    format: Format,
    mapping: Vec<Option<Target>>,
    done: i64,
) -> mpsc::Receiver<Batch>
where
    F: Read + Send + 'static,
{
    // Two chunks ahead: one is written while one is read.
    let (sender, receiver) = mpsc::channel(2);
    std::thread::spawn(move || {
        let mut lines = Lines { definition, mapping, seen: HashMap::new() };
        let mut batch = Vec::with_capacity(CHUNK);
        for (record, row) in reader(file, &format).into_records().zip(FIRST_ROW..) {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    let _ = sender.blocking_send(Err(error.to_string()));
                    return;
                }
            };
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            let line = lines.line(row, &record);
            if row > done {
                batch.push(line);
            }
            if batch.len() == CHUNK && sender.blocking_send(Ok(std::mem::take(&mut batch))).is_err() {
                return;
            }
        }
        if !batch.is_empty() {
            let _ = sender.blocking_send(Ok(batch));
        }
    });
    receiver
}

/// Makes lines of records, and remembers their keys.
struct Lines {
    definition: &'static Definition,
    mapping: Vec<Option<Target>>,
    /// Hashes of keys, with the rows they stand in. A million of them take some tens of megabytes.
    seen: HashMap<u64, i64>,
}

impl Lines {
    fn line(&mut self, row: i64, record: &StringRecord) -> Line {
        let mut line = Line { row, ..Line::default() };
        if record.iter().skip(self.mapping.len()).any(|cell| !cell.trim().is_empty()) {
            line.faults.push(Fault::new("", "too_many_cells").with("max", self.mapping.len()));
        }
        for (cell, target) in record.iter().zip(self.mapping.clone()) {
            let Some(target) = target else { continue };
            match target {
                Target::ExternalId => self.name(&mut line, cell),
                Target::Field(field) => {
                    let value = cells::value_of(self.definition.name, field, cell);
                    add(&mut line.values, field.key, value);
                }
                Target::Companion(companion, field) => {
                    let value = cells::value_of(companion.resource, field, cell);
                    add(&mut line.companion, field.key, value);
                }
            }
        }
        line
    }

    /// A name in the other system stands for one record, so it stands in one line.
    fn name(&mut self, line: &mut Line, cell: &str) {
        let name = cells::unguarded(cell).trim();
        if name.is_empty() {
            return;
        }
        if name.chars().count() > ExternalId::LONGEST_ID {
            line.faults.push(Fault::field("external_id", "too_long").with("max", ExternalId::LONGEST_ID));
            return;
        }
        if name.contains('\0') {
            line.faults.push(Fault::field("external_id", "nul_character"));
            return;
        }
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        match self.seen.entry(hasher.finish()) {
            Entry::Occupied(entry) => {
                line.faults.push(Fault::field("external_id", "repeated_key").with("row", entry.get()));
            }
            Entry::Vacant(entry) => {
                entry.insert(line.row);
            }
        }
        line.external_id = Some(name.to_owned());
    }
}

/// An empty cell says nothing; two columns of one list say it together.
fn add(values: &mut serde_json::Map<String, Value>, key: &str, value: Value) {
    match (values.get_mut(key), value) {
        (_, Value::Null) => {}
        (Some(Value::Array(items)), Value::Array(more)) => items.extend(more),
        (_, value) => {
            values.insert(key.to_owned(), value);
        }
    }
}
