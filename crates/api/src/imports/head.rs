//! The top of a file: its heading, perhaps below titles, and the first lines of data.

use std::collections::HashMap;
use std::io::{self, Read};

use domain::platform::users::Locale;
use domain::resource::Definition;
use domain::transfer::columns;

use super::format::told_delimiter;
use super::mended;
use super::records::{Record, Records};

/// Lines among which the heading is looked for.
const TOP: usize = 10;

pub struct Head {
    pub headers: Vec<String>,
    /// The line of the heading.
    pub line: i64,
    pub lines: Vec<Vec<String>>,
}

/// Reads the top of a file, with so many lines of data.
pub fn of(
    records: Records<impl Read>,
    definition: &Definition,
    mapping: Option<&HashMap<String, Option<String>>>,
    count: usize,
) -> io::Result<Option<Head>> {
    let mut top: Vec<Record> = records.take(TOP + count).collect::<io::Result<_>>()?;
    if top.first().is_some_and(|record| record.line == 1 && tells_delimiter(record)) {
        top.remove(0);
    }
    let candidates = &top[..top.len().min(TOP)];
    let Some(at) = heading(candidates, definition, mapping) else { return Ok(None) };
    let lines = top.split_off(at + 1).into_iter().take(count).map(|record| record.cells).collect();
    let heading = top.remove(at);
    let headers = heading.cells.iter().map(|header| header.trim().to_owned()).collect();
    Ok(Some(Head { headers, line: heading.line, lines }))
}

/// Whether a heading is one of those that we add to a file of lines to be mended, which says nothing of the record.
pub fn is_ours(header: &str) -> bool {
    Locale::WORDS
        .iter()
        .filter_map(|word| Locale::from_word(word))
        .any(|locale| mended::headings(locale).contains(&header.trim()))
}

/// `sep=;` split at its own delimiter is two cells, the second of them empty.
fn tells_delimiter(record: &Record) -> bool {
    let rest = record.cells[1..].iter().all(String::is_empty);
    let word = record.cells[0].trim_matches('"');
    rest && (word.eq_ignore_ascii_case("sep=") || told_delimiter(word).is_some())
}

/// The line that names the most fields, of equals the first. A title above it is narrower, so that a line of data that
/// happens to hold a field's name is not taken for the heading.
fn heading(
    records: &[Record],
    definition: &Definition,
    mapping: Option<&HashMap<String, Option<String>>>,
) -> Option<usize> {
    let named = |record: &Record| match mapping {
        Some(mapping) => record.cells.iter().filter(|cell| mapping.contains_key(cell.trim())).count(),
        None => columns::guess(definition, &record.cells).iter().flatten().count(),
    };
    let width = |record: &Record| record.cells.iter().filter(|cell| !cell.trim().is_empty()).count();
    let mut best: Option<(usize, usize, usize)> = None;
    for (at, record) in records.iter().enumerate() {
        let (named, width) = (named(record), width(record));
        if best.is_none_or(|(_, most, widest)| named > most && width > widest) {
            best = Some((at, named, width));
        }
    }
    best.map(|(at, ..)| at)
}

#[cfg(test)]
mod tests {
    use super::*;
    fn head(text: &str) -> (i64, Vec<String>, usize) {
        let customers = domain::catalogue::find("customers").expect("customers");
        let found = of(Records::new(text.as_bytes(), ','), customers, None, 5).expect("read").expect("a heading");
        (found.line, found.headers, found.lines.len())
    }

    #[test]
    fn the_heading_is_found_below_titles() {
        for (text, line, lines) in [
            ("客户名称,城市\n华信,深圳\n", 1, 1),
            ("客户\n制表：王小明\n\n客户名称,城市\n华信,深圳\n", 4, 1),
            ("sep=,\n客户名称,城市\n华信,深圳\n", 2, 1),
            ("2026 年名单,\n客户名称,城市\n电话,地址\n", 2, 1),
        ] {
            assert_eq!(head(text), (line, vec!["客户名称".to_owned(), "城市".to_owned()], lines), "{text}");
        }
        assert_eq!(head("a,b\n客户名称,城市\n").0, 1, "as wide as what is above it, it may be data");
    }
}
