//! Lines of a file, written as spreadsheets read them.

use domain::platform::users::Locale;
use domain::resource::Definition;
use domain::transfer::{Target, cells};
use serde_json::{Map, Value};
use store::operations::export::Exported;

use crate::imports::format::Format;

/// How a file is laid out.
pub struct Layout {
    pub definition: &'static Definition,
    pub headers: Vec<String>,
    /// What each column stands for; nothing where we have nothing for it.
    pub targets: Vec<Option<Target>>,
    /// The system whose names for records are written.
    pub system: String,
    pub locale: Locale,
    pub format: Format,
}

impl Layout {
    /// All columns, or these, with the labels of a language and the mark by which spreadsheets know UTF-8.
    pub fn labelled(definition: &'static Definition, targets: Vec<Target>, system: &str, locale: Locale) -> Self {
        let headers = targets.iter().map(|target| target.label(definition, locale)).collect();
        let targets = targets.into_iter().map(Some).collect();
        let format = Format::of_exports();
        Self { definition, headers, targets, system: system.to_owned(), locale, format }
    }

    /// The bytes before the first line.
    pub fn head(&self) -> anyhow::Result<Vec<u8>> {
        let mark = if self.format.byte_order_mark { "\u{feff}".as_bytes() } else { &[] };
        let mut head = mark.to_vec();
        head.extend(self.csv(std::iter::once(self.headers.clone()))?);
        Ok(head)
    }

    /// The lines of some records: one each, or as many as a document has lines.
    pub fn lines(&self, records: &[Exported], titles: &Titles) -> anyhow::Result<Vec<u8>> {
        let rows = records.iter().flat_map(|record| (0..self.rows(record)).map(move |place| (record, place)));
        self.csv(rows.map(|(record, place)| {
            let cell =
                |target: &Option<Target>| target.map_or_else(String::new, |t| self.cell(record, t, place, titles));
            self.targets.iter().map(cell).collect()
        }))
    }

    /// How many lines of the file tell a record.
    fn rows(&self, record: &Exported) -> usize {
        let lines = self.targets.iter().flatten().filter_map(|target| match target {
            Target::Line(lines, _) => record.record.get(lines.key)?.as_array().map(Vec::len),
            _ => None,
        });
        lines.max().unwrap_or_default().max(1)
    }

    fn csv(&self, lines: impl Iterator<Item = Vec<String>>) -> anyhow::Result<Vec<u8>> {
        let terminator = if self.format.crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut writer = csv::WriterBuilder::new()
            .delimiter(u8::try_from(self.format.delimiter)?)
            .terminator(terminator)
            .from_writer(Vec::new());
        for line in lines {
            writer.write_record(line)?;
        }
        Ok(writer.into_inner()?)
    }

    fn cell(&self, exported: &Exported, target: Target, place: usize, titles: &Titles) -> String {
        let (resource, value, field) = match target {
            Target::ExternalId => {
                let name = exported.record.get("external_ids").and_then(|names| names.get(&self.system));
                return cells::guarded(name.and_then(Value::as_str).unwrap_or_default());
            }
            Target::Field(field) => (self.definition.name, exported.record.get(field.key), field),
            Target::Companion(companion, field) => (companion.resource, exported.companion.get(field.key), field),
            Target::Line(lines, field) => {
                let line = exported.record.get(lines.key).and_then(|lines| lines.get(place));
                ("lines", line.and_then(|line| line.get(field.key)), field)
            }
        };
        let value = value.unwrap_or(&Value::Null);
        let title = |id: &Value| titles.get(id.as_str()?).map(String::as_str);
        match (title(value), value) {
            (Some(title), _) => cells::guarded(title),
            (None, Value::Array(ids)) if field.kind.referred().is_some() => {
                let called = ids.iter().map(|id| title(id).map_or_else(|| id.clone(), Value::from)).collect();
                cells::cell_of(resource, field, &called, self.locale)
            }
            (None, value) => cells::cell_of(resource, field, value, self.locale),
        }
    }
}

/// What the records that are referred to are called, by their ids.
pub type Titles = std::collections::HashMap<String, String>;

/// A record as one line of JSON, its companion beside it.
pub fn json_line(exported: &Exported, companion: Option<&str>) -> String {
    let mut record: Map<String, Value> = exported.record.clone();
    if let (Some(name), false) = (companion, exported.companion.is_empty()) {
        record.insert(name.to_owned(), Value::Object(exported.companion.clone()));
    }
    Value::Object(record).to_string() + "\n"
}
