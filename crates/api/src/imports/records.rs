//! The records of a text with delimiters, each with the number of the line that it begins in.
//!
//! A quote that is never closed would swallow the rest of a file. So a quoted cell that goes over lines must end as such
//! cells do, before a delimiter or the end of a line, and within reason; otherwise the quote is a fault of its line, and
//! reading goes on with the next.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read};

/// What a record may be long: a cell takes 10,000 characters at most, and nobody fills twenty of them.
const LONGEST: usize = 1 << 20;
const MOST_LINES: usize = 1_000;

#[derive(Debug, PartialEq, Eq)]
pub struct Record {
    /// The line of the file, from 1 on.
    pub line: i64,
    pub cells: Vec<String>,
    /// Its line opens a quote that is never closed.
    pub is_unclosed: bool,
}

impl Record {
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }
}

/// Reads records; lines without anything in them are none.
pub struct Records<R> {
    lines: Lines<BufReader<R>>,
    delimiter: u8,
}

impl<R: Read> Records<R> {
    pub fn new(text: R, delimiter: char) -> Self {
        let lines = Lines { text: BufReader::with_capacity(64 << 10, text), waiting: VecDeque::new(), taken: 0 };
        Self { lines, delimiter: u8::try_from(delimiter).unwrap_or(b',') }
    }

    fn read(&mut self) -> io::Result<Option<Record>> {
        while let Some(first) = self.lines.next()? {
            let line = self.lines.taken;
            let record = match split(first.as_bytes(), self.delimiter) {
                Split::Cells(cells) => Record { line, cells, is_unclosed: false },
                Split::Open => self.over_lines(line, first)?,
            };
            if !record.is_blank() || record.is_unclosed {
                return Ok(Some(record));
            }
        }
        Ok(None)
    }

    /// Takes lines in until the quote that the first one opens is closed; gives them back if it never is.
    fn over_lines(&mut self, line: i64, first: String) -> io::Result<Record> {
        let mut lines = vec![first];
        let mut whole = lines[0].clone();
        while whole.len() < LONGEST && lines.len() < MOST_LINES {
            let Some(next) = self.lines.next()? else { break };
            whole.push_str(&next);
            // Only a line with a quote in it can end the cell.
            let has_quote = next.contains('"');
            lines.push(next);
            if !has_quote {
                continue;
            }
            match split_strictly(whole.as_bytes(), self.delimiter) {
                Strictly::Cells(cells) => return Ok(Record { line, cells, is_unclosed: false }),
                Strictly::Open => {}
                Strictly::Never => break,
            }
        }
        let first = lines.remove(0);
        self.lines.give_back(lines);
        let cells = first.trim_end().split(char::from(self.delimiter)).map(str::to_owned).collect();
        Ok(Record { line, cells, is_unclosed: true })
    }
}

impl<R: Read> Iterator for Records<R> {
    type Item = io::Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

/// Lines with their ends, some of which were given back.
struct Lines<R> {
    text: R,
    waiting: VecDeque<String>,
    taken: i64,
}

impl<R: BufRead> Lines<R> {
    fn next(&mut self) -> io::Result<Option<String>> {
        let next = match self.waiting.pop_front() {
            Some(line) => Some(line),
            None => {
                let mut line = String::new();
                (self.text.read_line(&mut line)? > 0).then_some(line)
            }
        };
        self.taken += i64::from(next.is_some());
        Ok(next)
    }

    fn give_back(&mut self, lines: Vec<String>) {
        self.taken -= lines.len() as i64;
        for line in lines.into_iter().rev() {
            self.waiting.push_front(line);
        }
    }
}

enum Split {
    Cells(Vec<String>),
    /// A quote is still open at the end.
    Open,
}

enum Strictly {
    Cells(Vec<String>),
    Open,
    /// What stands behind a quote shows that it closes no cell.
    Never,
}

/// One line. What stands behind the closing quote of a cell is added to it, as spreadsheets do.
fn split(line: &[u8], delimiter: u8) -> Split {
    if !line.contains(&b'"') {
        let end = line.len() - line.iter().rev().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        return Split::Cells(line[..end].split(|byte| *byte == delimiter).map(text).collect());
    }
    match cells(line, delimiter, false) {
        Strictly::Cells(cells) => Split::Cells(cells),
        Strictly::Open | Strictly::Never => Split::Open,
    }
}

fn split_strictly(lines: &[u8], delimiter: u8) -> Strictly {
    cells(lines, delimiter, true)
}

fn cells(bytes: &[u8], delimiter: u8, strictly: bool) -> Strictly {
    let mut cells = Vec::new();
    let mut at = 0;
    loop {
        let mut cell = Vec::new();
        let mut went_over_lines = false;
        if bytes.get(at) == Some(&b'"') {
            at += 1;
            loop {
                match (bytes.get(at), bytes.get(at + 1)) {
                    (None, _) => return Strictly::Open,
                    (Some(b'"'), Some(b'"')) => {
                        cell.push(b'"');
                        at += 2;
                    }
                    (Some(b'"'), _) => {
                        at += 1;
                        break;
                    }
                    (Some(byte), _) => {
                        went_over_lines |= *byte == b'\n';
                        cell.push(*byte);
                        at += 1;
                    }
                }
            }
        }
        let end =
            bytes[at..].iter().position(|byte| *byte == delimiter || *byte == b'\n').map_or(bytes.len(), |n| at + n);
        let rest = &bytes[at..end];
        let rest = if bytes.get(end) == Some(&delimiter) { rest } else { rest.strip_suffix(b"\r").unwrap_or(rest) };
        if strictly && went_over_lines && !rest.trim_ascii().is_empty() {
            return Strictly::Never;
        }
        cell.extend_from_slice(rest);
        cells.push(text(&cell));
        if bytes.get(end) != Some(&delimiter) {
            // A quoted cell may have ended in an earlier line than the last; then the lines are no single record.
            return if end + 1 < bytes.len() { Strictly::Never } else { Strictly::Cells(cells) };
        }
        at = end + 1;
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(i64, Vec<String>, bool)> {
        let records = Records::new(text.as_bytes(), ',').map(|record| record.expect("a record"));
        records.map(|record| (record.line, record.cells, record.is_unclosed)).collect()
    }

    fn line(number: i64, cells: &[&str]) -> (i64, Vec<String>, bool) {
        (number, cells.iter().map(|cell| (*cell).to_owned()).collect(), false)
    }

    #[test]
    fn records_know_the_lines_of_the_file_they_begin_in() {
        let text = "a,b\r\n\r\n  \n1,\"x\ny\"\n,\n2,\"say \"\"hi\"\"\"\r\n3,5\" pipe\n4,\"q\" rest\n5,";
        assert_eq!(
            read(text),
            [
                line(1, &["a", "b"]),
                line(4, &["1", "x\ny"]),
                line(7, &["2", "say \"hi\""]),
                line(8, &["3", "5\" pipe"]),
                line(9, &["4", "q rest"]),
                line(10, &["5", ""]),
            ]
        );
    }

    #[test]
    fn a_quote_that_is_never_closed_is_a_fault_of_its_line_and_of_no_other() {
        for (broken, after) in
            [("2,\"x\n", "3,y\n4,z\n"), ("2,\"x\n", "3,y\n4,\"z\"\n"), ("2,\"x\n", "3,\"y\nw\"\n4,z\n")]
        {
            let found = read(&format!("1,a\n{broken}{after}"));
            assert_eq!((found[1].0, found[1].2), (2, true), "{found:?}");
            assert_eq!(found.iter().filter(|record| record.2).count(), 1, "{found:?}");
            assert_eq!(found.iter().map(|record| record.1[0].as_str()).collect::<Vec<_>>(), ["1", "2", "3", "4"]);
        }
    }

    #[test]
    fn a_record_of_many_lines_is_one_within_reason() {
        let notes = "line\n".repeat(400);
        assert_eq!(read(&format!("1,\"{notes}\"\n2,b\n"))[1].0, 402);
        let endless = format!("1,\"{}2,\"b\"\n", "3,c\n".repeat(2_000));
        let found = read(&endless);
        assert_eq!((found.len(), found[0].2), (2_001, true));
    }
}
