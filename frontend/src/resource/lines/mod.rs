//! The lines of a document while they are edited: a row of entries each, and the way back to the wire.

mod grid;
mod table;

use domain::lines::Columns;
use domain::{Definition, Fault, Field, Kind};
use leptos::prelude::*;
use serde_json::{Map, Value};

pub use self::grid::grid;
pub use self::table::table;
use super::entry::{self, Entry};
use crate::dom;

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

/// What is worked out is shown, and not typed.
fn is_typed(field: &Field) -> bool {
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

/// Puts a fault of the server at the cell that it is about: `/lines/2/price`.
pub fn refuse(lines: &[LineEntry], fault: &Fault) {
    let mut way = fault.pointer.trim_start_matches('/').split('/').skip(1);
    let place = way.next().and_then(|place| place.parse::<usize>().ok());
    let cell = place.and_then(|place| lines.get(place)).and_then(|line| line.entry(way.next().unwrap_or_default()));
    if let Some(cell) = cell {
        cell.fault.set(Some(entry::sentence(fault)));
    }
}

/// What a column is called.
pub fn label(_definition: &Definition, field: &Field) -> String {
    crate::t!(&format!("field.lines.{}", field.key))
}
