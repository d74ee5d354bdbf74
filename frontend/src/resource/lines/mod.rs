//! The lines of a document while they are edited: a row of entries each, and the way back to the wire.

mod changes;
mod grid;
mod table;

use domain::lines::Columns;
use domain::{Fault, Field, Kind};
use leptos::prelude::*;
use serde_json::{Map, Value};

pub use self::changes::changes;
pub use self::grid::{grid, sum};
pub use self::table::table;
use super::entry::{self, Entry};
use super::labels;
use crate::{dom, t};

/// One line under edit.
#[derive(Clone)]
pub struct LineEntry {
    /// Tells the rows of the grid apart, also those that have no id yet.
    pub key: String,
    /// What the line held when it was read, without the names that were embedded.
    bare: Map<String, Value>,
    pub entries: Vec<Entry>,
}

impl LineEntry {
    pub fn of(columns: &'static Columns, line: &Map<String, Value>) -> Self {
        let bare = bare(columns, line);
        let mut whole = line.clone();
        if bare.is_empty() {
            let defaults =
                columns.fields.iter().filter_map(|field| Some((field.key.to_owned(), field.default_value()?)));
            whole.extend(defaults);
        }
        let entries = columns.fields.iter().filter(|field| is_typed(field)).map(|field| Entry::of(field, &whole));
        Self { key: dom::fresh_id("line"), bare, entries: entries.collect() }
    }

    pub fn entry(&self, key: &str) -> Option<Entry> {
        self.entries.iter().find(|entry| entry.field.key == key).copied()
    }

    /// The line as the wire takes it. Tracks every entry.
    pub fn value(&self) -> Value {
        let typed = self.entries.iter().map(|entry| (entry.field.key.to_owned(), entry.value()));
        let mut line = self.bare.clone();
        line.extend(typed);
        Value::Object(line)
    }
}

/// Whether a column is typed; what is worked out is shown.
pub fn is_typed(field: &Field) -> bool {
    field.access != domain::field::Access::ReadOnly
}

/// The lines of a document, ready to be edited.
pub fn entries(columns: &'static Columns, value: &Value) -> Vec<LineEntry> {
    let lines = value.as_array().into_iter().flatten().filter_map(Value::as_object);
    lines.map(|line| LineEntry::of(columns, line)).collect()
}

/// The members that the wire knows; names of what a line refers to are embedded for readers alone.
fn bare(columns: &Columns, line: &Map<String, Value>) -> Map<String, Value> {
    let known = |key: &str| key == "id" || columns.fields.iter().any(|field| field.key == key);
    line.iter().filter(|(key, _)| known(key)).map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// The same of all lines of a document, to compare with what is typed.
pub fn bare_all(field: &Field, value: &Value) -> Value {
    match (field.kind, value) {
        (Kind::Lines(columns), Value::Array(lines)) => {
            lines.iter().filter_map(Value::as_object).map(|line| Value::Object(bare(columns, line))).collect()
        }
        (_, value) => value.clone(),
    }
}

/// Checks each value of each line; whether all of them hold.
pub fn check(lines: &[LineEntry]) -> bool {
    // Each is judged, so that all faults show at once.
    lines.iter().flat_map(|line| &line.entries).filter(|entry| !entry.check()).count() == 0
}

/// Puts a fault of the server at the cell that it is about: `/lines/2/price`. Says whether there is one.
pub fn refuse(lines: &[LineEntry], fault: &Fault) -> bool {
    let mut way = fault.pointer.trim_start_matches('/').split('/').skip(1);
    let place = way.next().and_then(|place| place.parse::<usize>().ok());
    let cell = place.and_then(|place| lines.get(place)).and_then(|line| line.entry(way.next().unwrap_or_default()));
    if let Some(cell) = cell {
        cell.fault.set(Some(entry::sentence(fault)));
    }
    cell.is_some()
}

/// What is wrong in the cells: where each is, in words and for the focus, and what is wrong. Tracks every fault.
pub fn faults(columns: &Columns, lines: &[LineEntry]) -> Vec<(String, String, String)> {
    let of_cell = |place: usize, line: &LineEntry, entry: &Entry| {
        let fault = entry.fault.get()?;
        let column = columns.fields.iter().position(|field| field.key == entry.field.key)? + 1;
        let words = t!("lines.at", place = place + 1, column = labels::column(entry.field));
        Some((words, format!("#{} > td:nth-child({column}) :is(input, select)", line.key), fault))
    };
    let of_line = |(place, line): (usize, &LineEntry)| -> Vec<_> {
        line.entries.iter().filter_map(|entry| of_cell(place, line, entry)).collect()
    };
    lines.iter().enumerate().flat_map(of_line).collect()
}
