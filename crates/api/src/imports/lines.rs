//! The lines of a file, their cells already values by field. They are read on a thread of their own, a chunk ahead of
//! the database.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read, Seek, SeekFrom};

use domain::check;
use domain::error::Fault;
use domain::resource::{Definition, ExternalId};
use domain::text::fold;
use domain::transfer::{Target, cells, columns};
use serde_json::{Map, Value};
use store::operations::import::{CHUNK, Line};
use tokio::sync::mpsc;

use super::corrections::Corrections;
use super::documents::{Document, Documents, Scattered, Shape};
use super::family::{self, Family};
use super::format::{Decoded, Format};
use super::records::{Record, Records};

/// Opens a file for reading record by record.
pub fn reader<R: Read>(file: R, format: &Format) -> Records<Decoded<R>> {
    Records::new(Decoded::new(file, format), format.delimiter)
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
    let targets: Vec<Option<Target>> = headers.iter().map(target).collect();
    faults.extend(doubled(headers, &targets));
    if faults.is_empty() { Ok(targets) } else { Err(faults) }
}

/// Columns that stand for what another column stands for already. Only of a list may several columns hold the items.
fn doubled(headers: &[String], targets: &[Option<Target>]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (index, target) in targets.iter().enumerate() {
        let Some(target) = target.filter(|target| !target.is_many()) else { continue };
        if let Some(first) = targets[..index].iter().position(|earlier| *earlier == Some(target)) {
            let fault = Fault::new(format!("/mapping/{}", headers[index]), "mapped_twice");
            faults.push(fault.with("column", &headers[first]));
        }
    }
    faults
}

/// Some lines, or why the file cannot be read on.
pub type Batch = Result<Chunk, String>;

/// Lines that are written together, and where in the file they end.
pub struct Chunk {
    pub lines: Vec<Line>,
    pub place: FilePlace,
}

/// How far a file has been read. Children are read after their parents, so it may be read several times over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct FilePlace {
    #[serde(default)]
    pub reading: usize,
    pub row: i64,
}

/// A file that can be read again from its beginning.
pub trait Again: Read + Send + 'static {
    fn again(&mut self) -> io::Result<()>;
}

impl Again for File {
    fn again(&mut self) -> io::Result<()> {
        self.seek(SeekFrom::Start(0)).map(drop)
    }
}

/// How a file is read.
pub struct Source {
    pub format: Format,
    pub mapping: Vec<Option<Target>>,
    pub corrections: Corrections,
}

impl Source {
    /// The records below the heading, as they were corrected.
    pub fn records<R: Read>(&self, file: R) -> impl Iterator<Item = io::Result<Record>> {
        let below = |record: &io::Result<Record>| record.as_ref().map_or(true, |it| it.line > self.format.heading);
        let mend = |record| self.corrections.mend(record, self.mapping.len());
        reader(file, &self.format).filter(below).map(move |record| record.map(mend))
    }
}

/// Reads lines on a thread of its own. Those up to `done` are passed over, but their keys are known.
pub fn spawn(
    definition: &'static Definition,
    mut file: impl Again,
    source: Source,
    done: FilePlace,
) -> mpsc::Receiver<Batch> {
    // Two chunks ahead: one is written while one is read.
    let (sender, receiver) = mpsc::channel(2);
    std::thread::spawn(move || {
        if let Err(error) = read(definition, &mut file, &source, done, &sender) {
            let _ = sender.blocking_send(Err(error.to_string()));
        }
    });
    receiver
}

fn read(
    definition: &'static Definition,
    file: &mut impl Again,
    source: &Source,
    done: FilePlace,
    sender: &mpsc::Sender<Batch>,
) -> io::Result<()> {
    let family = match family::parent_column(definition, &source.mapping) {
        Some(column) => {
            let family = Family::of(source.records(&mut *file), definition, &source.mapping, column)?;
            file.again()?;
            family
        }
        None => Family::default(),
    };
    let mapping = &source.mapping;
    let shape = Shape::of(definition, mapping);
    let scattered = if shape.has_lines() {
        let found = Scattered::of(Documents::new(source.records(&mut *file), definition, mapping), &shape)?;
        file.again()?;
        found
    } else {
        Scattered::default()
    };
    let mut lines = Lines { definition, mapping, shape, scattered, seen: HashMap::new() };
    let mut missed: BTreeSet<i64> = source.corrections.lines().collect();
    for reading in 0..family.readings() {
        if reading > 0 {
            file.again()?;
        }
        let mut batch = Vec::with_capacity(CHUNK);
        let mut row = 0;
        for document in Documents::new(source.records(&mut *file), definition, mapping) {
            let document = document?;
            for record in document.rows() {
                missed.remove(&record.line);
            }
            row = document.last;
            if family.reading_of(document.first.line) != reading {
                continue;
            }
            let mut line = lines.line(&document);
            line.told_before = family.told_before(document.first.line);
            let place = FilePlace { reading, row };
            if place > done {
                batch.push(line);
            }
            if batch.len() == CHUNK {
                let lines = std::mem::replace(&mut batch, Vec::with_capacity(CHUNK));
                if sender.blocking_send(Ok(Chunk { lines, place })).is_err() {
                    return Ok(());
                }
            }
        }
        if !batch.is_empty()
            && sender.blocking_send(Ok(Chunk { lines: batch, place: FilePlace { reading, row } })).is_err()
        {
            return Ok(());
        }
    }
    // What was typed for a line that is not there is not passed over in silence.
    if let Some(row) = missed.last().copied() {
        let place = FilePlace { reading: family.readings(), row };
        let lines =
            missed.into_iter().map(|row| Line { row, faults: vec![Fault::new("", "no_such_line")], ..Line::default() });
        if place > done {
            let _ = sender.blocking_send(Ok(Chunk { lines: lines.collect(), place }));
        }
    }
    Ok(())
}

/// Makes lines of records, and remembers their keys.
struct Lines<'a> {
    definition: &'static Definition,
    mapping: &'a [Option<Target>],
    shape: Shape,
    scattered: Scattered,
    /// Hashes of keys, with the rows they stand in. A million of them take some tens of megabytes.
    seen: HashMap<u64, i64>,
}

impl Lines<'_> {
    fn line(&mut self, document: &Document) -> Line {
        let mut line = Line { row: document.first.line, ..Line::default() };
        let unreadable = document.rows().find_map(|record| self.unreadable(record));
        line.faults = unreadable.or_else(|| self.scattered.fault(document)).into_iter().collect();
        if !line.faults.is_empty() {
            return line;
        }
        line.faults = self.shape.unlike(document, self.mapping);
        for (cell, target) in document.first.cells.iter().zip(self.mapping) {
            match target {
                None | Some(Target::Line(..)) => {}
                Some(Target::ExternalId) => name(&mut line, cell),
                Some(Target::Field(field)) => {
                    let value = cells::value_of(self.definition.name, field, cell);
                    add(&mut line.values, field.key, value);
                }
                Some(Target::Companion(companion, field)) => {
                    let value = cells::value_of(companion.resource, field, cell);
                    add(&mut line.companion, field.key, value);
                }
            }
        }
        for record in document.rows() {
            self.add_lines(&mut line, record);
        }
        self.remember(&mut line);
        line
    }

    /// Why nothing can be read from a row.
    fn unreadable(&self, record: &Record) -> Option<Fault> {
        if record.is_unclosed {
            return Some(Fault::new("", "unclosed_quote"));
        }
        let is_beyond = record.cells.iter().skip(self.mapping.len()).any(|cell| !cell.trim().is_empty());
        is_beyond.then(|| Fault::new("", "too_many_cells").with("max", self.mapping.len()))
    }

    /// The lines that a row tells of its document: at most one of each kind.
    fn add_lines(&self, line: &mut Line, record: &Record) {
        for (lines, _) in self.definition.lines() {
            let mut told = Map::new();
            for (cell, target) in record.cells.iter().zip(self.mapping) {
                if let Some(Target::Line(of, field)) = target
                    && of.key == lines.key
                {
                    add(&mut told, field.key, cells::value_of("lines", field, cell));
                }
            }
            if !told.is_empty() {
                line.rows.entry(lines.key).or_default().push(record.line);
                let known = line.values.entry(lines.key).or_insert_with(|| Value::Array(Vec::new()));
                known.as_array_mut().into_iter().for_each(|known| known.push(Value::Object(told.clone())));
            }
        }
    }

    /// A name in the other system, or a key, stands for one record, so it stands in one line.
    fn remember(&mut self, line: &mut Line) {
        let key = self.definition.key.and_then(|key| {
            let field = self.definition.field(key)?;
            Some((key, fold::key(&check::normalise_text(field.kind, line.values.get(key)?.as_str()?))))
        });
        let name = line.external_id.clone().map(|name| ("external_id", name));
        for (member, text) in name.into_iter().chain(key) {
            match self.seen.entry(hash(&(member, text))) {
                Entry::Occupied(entry) => {
                    line.faults.push(Fault::field(member, "repeated_key").with("row", entry.get()));
                }
                Entry::Vacant(entry) => {
                    entry.insert(line.row);
                }
            }
        }
    }
}

/// Takes the line's name in the other system.
fn name(line: &mut Line, cell: &str) {
    let name = ExternalId::of("", cells::unguarded(cell.trim()));
    if name.id.is_empty() {
        return;
    }
    let faults = name.faults().into_iter().filter(|fault| fault.pointer == "/id");
    line.faults.extend(faults.map(|fault| Fault { pointer: "/external_id".to_owned(), ..fault }));
    if line.faults.is_empty() {
        line.external_id = Some(name.id);
    }
}

pub(super) fn hash(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

/// An empty cell says nothing; two columns of one list say it together.
fn add(values: &mut Map<String, Value>, key: &str, value: Value) {
    match (values.get_mut(key), value) {
        (_, Value::Null) => {}
        (Some(Value::Array(items)), Value::Array(more)) => items.extend(more),
        (_, value) => {
            values.insert(key.to_owned(), value);
        }
    }
}
