//! Rows of a file that tell one record: of a document each row tells a line, and those behind the first say the same of the
//! document, or nothing.

use std::collections::HashMap;
use std::io;

use domain::error::Fault;
use domain::lines::MOST;
use domain::resource::Definition;
use domain::transfer::Target;

use super::lines::hash;
use super::records::Record;

/// The rows of a record, of which there is one at least.
pub struct Document {
    pub first: Record,
    /// Those behind it. Of more than a document may have, one is kept to be refused.
    pub more: Vec<Record>,
    /// The row of the file in which it ends.
    pub last: i64,
}

impl Document {
    pub fn rows(&self) -> impl Iterator<Item = &Record> {
        std::iter::once(&self.first).chain(&self.more)
    }
}

/// Which columns tell of the document, and which of those tell it from others.
pub struct Shape {
    own: Vec<usize>,
    keys: Vec<usize>,
    has_lines: bool,
}

impl Shape {
    pub fn of(definition: &Definition, mapping: &[Option<Target>]) -> Self {
        let columns = |wanted: &dyn Fn(&Target) -> bool| -> Vec<usize> {
            (0..mapping.len()).filter(|at| mapping[*at].as_ref().is_some_and(wanted)).collect()
        };
        let is_key = |target: &Target| match target {
            Target::ExternalId => true,
            Target::Field(field) => Some(field.key) == definition.key,
            _ => false,
        };
        let is_line = |target: &Target| matches!(target, Target::Line(..));
        Self {
            own: columns(&|target| !is_line(target)),
            keys: columns(&is_key),
            has_lines: !columns(&is_line).is_empty(),
        }
    }

    /// Whether a record may go over several rows.
    pub fn has_lines(&self) -> bool {
        self.has_lines
    }

    /// Whether a row goes on with the document that another one began.
    fn goes_on(&self, first: &Record, row: &Record) -> bool {
        if !self.has_lines || first.is_unclosed || row.is_unclosed {
            return false;
        }
        let says_nothing = self.own.iter().all(|at| cell(row, *at).is_empty());
        let is_named = self.keys.iter().any(|at| !cell(first, *at).is_empty());
        let asked = if is_named { &self.keys } else { &self.own };
        says_nothing || asked.iter().all(|at| cell(first, *at) == cell(row, *at))
    }

    /// What tells a document from others, if its first row says it.
    pub fn key(&self, document: &Document) -> Option<u64> {
        let key: Vec<&str> = self.keys.iter().map(|at| cell(&document.first, *at)).collect();
        (self.has_lines && key.iter().any(|cell| !cell.is_empty())).then(|| hash(&key))
    }

    /// What a later row says otherwise of the document than its first.
    pub fn unlike(&self, document: &Document, mapping: &[Option<Target>]) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (row, at) in document.more.iter().flat_map(|row| self.own.iter().map(move |at| (row, *at))) {
            let (first, cell) = (cell(&document.first, at), cell(row, at));
            if let (false, Some(target)) = (cell.is_empty() || cell == first, &mapping[at]) {
                let pointer = format!("/{}", target.to_string().replace('.', "/"));
                faults.push(Fault::new(pointer, "unlike_first_row").with("row", row.line));
            }
        }
        faults
    }
}

fn cell(record: &Record, at: usize) -> &str {
    record.cells.get(at).map_or("", |cell| cell.trim())
}

/// Documents of which a file tells in several places: by the row in which one begins, where the next place is.
#[derive(Default)]
pub struct Scattered(HashMap<i64, i64>);

impl Scattered {
    pub fn of(documents: impl Iterator<Item = io::Result<Document>>, shape: &Shape) -> io::Result<Self> {
        let mut seen: HashMap<u64, i64> = HashMap::new();
        let mut places = HashMap::new();
        for document in documents {
            let document = document?;
            let Some(key) = shape.key(&document) else { continue };
            let row = document.first.line;
            if let Some(before) = seen.insert(key, row) {
                places.insert(before, row);
                places.insert(row, before);
            }
        }
        Ok(Self(places))
    }

    /// Half a document is none, so each of its places says where another one is.
    pub fn fault(&self, document: &Document) -> Option<Fault> {
        self.0.get(&document.first.line).map(|row| Fault::new("", "rows_apart").with("row", row))
    }
}

/// Takes the rows of a file together to documents.
pub struct Documents<I> {
    records: I,
    shape: Shape,
    next: Option<Record>,
}

impl<I: Iterator<Item = io::Result<Record>>> Documents<I> {
    pub fn new(records: I, definition: &Definition, mapping: &[Option<Target>]) -> Self {
        Self { records, shape: Shape::of(definition, mapping), next: None }
    }

    fn take(&mut self) -> io::Result<Option<Document>> {
        let Some(first) = self.next.take().map(Ok).or_else(|| self.records.next()).transpose()? else {
            return Ok(None);
        };
        let mut document = Document { last: first.line, first, more: Vec::new() };
        while let Some(row) = self.records.next().transpose()? {
            if !self.shape.goes_on(&document.first, &row) {
                self.next = Some(row);
                break;
            }
            document.last = row.line;
            if document.more.len() < MOST {
                document.more.push(row);
            }
        }
        Ok(Some(document))
    }
}

impl<I: Iterator<Item = io::Result<Record>>> Iterator for Documents<I> {
    type Item = io::Result<Document>;

    fn next(&mut self) -> Option<Self::Item> {
        self.take().transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::records::Records;

    fn rows(headings: &[&str], text: &str) -> Vec<Vec<i64>> {
        let orders = domain::catalogue::find("orders").expect("orders");
        let mapping: Vec<_> = headings.iter().map(|name| Target::named(orders, name)).collect();
        let documents = Documents::new(Records::new(text.as_bytes(), ','), orders, &mapping);
        documents.map(|found| found.expect("read").rows().map(|row| row.line).collect()).collect()
    }

    #[test]
    fn rows_of_one_number_or_of_none_are_one_document() {
        let headings = ["number", "customer_id", "lines.product_id"];
        let text = "A,华信,茶\nA,华信,壶\n,,杯\nB,华信,茶\nA,华信,茶\n";
        assert_eq!(rows(&headings, text), [vec![1, 2, 3], vec![4], vec![5]]);
        assert_eq!(rows(&headings, ",华信,茶\n,华信,壶\n,鑫盛,茶\n"), [vec![1, 2], vec![3]]);
        assert_eq!(rows(&headings[..2], "A,华信\nA,华信\n"), [vec![1], vec![2]], "without lines each row is a record");
    }
}
