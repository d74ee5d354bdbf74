//! What a file is written in: encoding and delimiter, found out from the file itself.

use std::io::{self, Read};

use encoding_rs::{Decoder, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use serde::{Deserialize, Serialize};

/// How a file is written. It goes with the job that reads the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Format {
    /// A label of the Encoding Standard.
    pub encoding: String,
    pub byte_order_mark: bool,
    pub delimiter: char,
    pub crlf: bool,
    /// Lines end with a carriage return alone, as an old Macintosh writes them.
    #[serde(default)]
    pub cr: bool,
    /// The line of the heading; there may be titles above it.
    #[serde(default = "first")]
    pub heading: i64,
}

fn first() -> i64 {
    1
}

impl Format {
    /// As every spreadsheet reads it.
    pub fn of_exports() -> Self {
        let encoding = UTF_8.name().to_owned();
        Self { encoding, byte_order_mark: true, delimiter: ',', crlf: true, cr: false, heading: 1 }
    }

    pub fn encoding(&self) -> &'static Encoding {
        Encoding::for_label(self.encoding.as_bytes()).unwrap_or(UTF_8)
    }
}

/// The encodings that people are offered; any other of the Encoding Standard is taken by its label.
pub const OFFERED: [&str; 6] = ["UTF-8", "gb18030", "Big5", "UTF-16LE", "windows-1252", "Shift_JIS"];

/// The encoding that a label names.
pub fn encoding_named(label: &str) -> Option<&'static Encoding> {
    Encoding::for_label_no_replacement(label.trim().as_bytes())
}

/// Reads a file once to learn how it is written. Files do not say it, and only the whole file tells whether it is UTF-8
/// with a stray byte, or what a Chinese or a Western spreadsheet writes.
#[derive(Default)]
pub struct Sniffer {
    head: Vec<u8>,
    /// An unfinished character at the end of what was seen.
    pending: Vec<u8>,
    /// Characters of UTF-8 beyond ASCII, and bytes that are none of it.
    utf8: usize,
    foreign: usize,
    zeros: [usize; 2],
    read: usize,
    /// The bytes beyond ASCII in a row so far, and how many such rows had an even or odd length.
    high: usize,
    rows: [usize; 2],
}

/// Enough for the header and some lines.
const HEAD: usize = 64 << 10;

/// So many characters of UTF-8 make a byte that is none of it a slip. Chinese double bytes pass for UTF-8 by chance far
/// less often.
const SLIP: usize = 4;

impl Sniffer {
    pub fn feed(&mut self, bytes: &[u8]) {
        let room = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..room]);
        if !bytes.is_ascii() || self.high > 0 {
            self.count_rows(bytes);
        }
        for (index, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte == 0) {
            self.zeros[(self.read + index) % 2] += 1;
        }
        self.read += bytes.len();
        self.feed_utf8(bytes);
    }

    /// A Chinese double byte is mostly two bytes beyond ASCII, a Western letter is one between others of ASCII.
    fn count_rows(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if !byte.is_ascii() {
                self.high += 1;
            } else if self.high > 0 {
                self.rows[self.high % 2] += 1;
                self.high = 0;
            }
        }
    }

    fn feed_utf8(&mut self, bytes: &[u8]) {
        let joined;
        let mut bytes = if self.pending.is_empty() {
            bytes
        } else {
            joined = [std::mem::take(&mut self.pending).as_slice(), bytes].concat();
            &joined
        };
        loop {
            let (valid, rest, foreign) = match std::str::from_utf8(bytes) {
                Ok(_) => (bytes, &[][..], 0),
                Err(error) => {
                    let (valid, rest) = bytes.split_at(error.valid_up_to());
                    match error.error_len() {
                        Some(length) => (valid, &rest[length..], length),
                        None => {
                            self.pending = rest.to_vec();
                            (valid, &[][..], 0)
                        }
                    }
                }
            };
            self.utf8 += valid.iter().filter(|byte| **byte >= 0xc0).count();
            self.foreign += foreign;
            if rest.is_empty() {
                return;
            }
            bytes = rest;
        }
    }

    pub fn finish(self) -> Format {
        let (encoding, byte_order_mark) = self.guess();
        self.written_in(encoding, byte_order_mark)
    }

    /// The same for a file whose encoding somebody knows.
    pub fn finish_as(self, encoding: &'static Encoding) -> Format {
        let marked = Encoding::for_bom(&self.head).is_some_and(|(marked, _)| marked == encoding);
        self.written_in(encoding, marked)
    }

    fn guess(&self) -> (&'static Encoding, bool) {
        let rows = [self.rows[0], self.rows[1] + self.high % 2];
        match Encoding::for_bom(&self.head) {
            Some((encoding, _)) => (encoding, true),
            // In a text of Latin letters every other byte of UTF-16 is zero.
            None if self.zeros[1] > self.read / 4 => (UTF_16LE, false),
            None if self.zeros[0] > self.read / 4 => (UTF_16BE, false),
            None if self.utf8 >= SLIP * (self.foreign + self.pending.len()) => (UTF_8, false),
            None if rows[1] > rows[0] => (WINDOWS_1252, false),
            None => (GB18030, false),
        }
    }

    fn written_in(&self, encoding: &'static Encoding, byte_order_mark: bool) -> Format {
        let (head, _) = encoding.decode_with_bom_removal(&self.head);
        Format {
            encoding: encoding.name().to_owned(),
            byte_order_mark,
            delimiter: told_delimiter(&head).unwrap_or_else(|| delimiter(&head)),
            crlf: head.contains("\r\n"),
            cr: head.contains('\r') && !head.contains('\n'),
            heading: 1,
        }
    }

    pub fn of(mut file: impl Read) -> io::Result<Self> {
        let mut sniffer = Sniffer::default();
        let mut buffer = vec![0; 1 << 20];
        loop {
            match file.read(&mut buffer)? {
                0 => return Ok(sniffer),
                count => sniffer.feed(&buffer[..count]),
            }
        }
    }
}

/// Whether a line says by `sep=;` which delimiter follows, as spreadsheets write it for each other.
pub fn told_delimiter(text: &str) -> Option<char> {
    let line = text.lines().next()?.trim_matches('"');
    let (word, sign) = line.split_at_checked(4)?;
    let mut signs = sign.chars();
    let sign = signs.next().filter(|sign| word.eq_ignore_ascii_case("sep=") && sign.is_ascii())?;
    signs.as_str().trim().is_empty().then_some(sign)
}

/// Lines in which the delimiter is looked for: titles may stand above the heading.
const TOP: usize = 10;

/// The sign that stands most often in a line, outside of quotes: the first line that has nearly as many as any.
fn delimiter(head: &str) -> char {
    let counts: Vec<(char, usize)> = head.lines().take(TOP).map(most_often).collect();
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or_default();
    counts.iter().find(|(_, count)| 3 * count >= most).map_or(',', |(sign, _)| *sign)
}

fn most_often(line: &str) -> (char, usize) {
    let mut quoted = false;
    let mut counts = [(',', 0), ('\t', 0), (';', 0), ('|', 0)];
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            letter if !quoted => {
                counts.iter_mut().filter(|(sign, _)| *sign == letter).for_each(|(_, count)| *count += 1);
            }
            _ => {}
        }
    }
    // Of equals the first wins, and a file of one column has none: a comma does no harm there.
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or_default();
    counts.iter().find(|(_, count)| *count == most).copied().unwrap_or((',', 0))
}

/// A file as UTF-8, without its byte order mark.
pub struct Decoded<R> {
    file: R,
    decoder: Decoder,
    raw: Vec<u8>,
    /// Decoded and not yet handed out, from this place on.
    text: Vec<u8>,
    from: usize,
    ended: bool,
    cr: bool,
}

impl<R: Read> Decoded<R> {
    pub fn new(file: R, format: &Format) -> Self {
        let decoder = format.encoding().new_decoder_with_bom_removal();
        Self { file, decoder, raw: vec![0; 64 << 10], text: Vec::new(), from: 0, ended: false, cr: format.cr }
    }

    fn refill(&mut self) -> io::Result<()> {
        while self.from == self.text.len() && !self.ended {
            let count = self.file.read(&mut self.raw)?;
            self.ended = count == 0;
            let room = self.decoder.max_utf8_buffer_length(count).unwrap_or(4 * count + 16);
            self.text.resize(room, 0);
            let (_, _, written, _) = self.decoder.decode_to_utf8(&self.raw[..count], &mut self.text, self.ended);
            self.text.truncate(written);
            if self.cr {
                self.text.iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
            }
            self.from = 0;
        }
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.refill()?;
        let count = into.len().min(self.text.len() - self.from);
        into[..count].copy_from_slice(&self.text[self.from..self.from + count]);
        self.from += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "客户名称;电话\n华信科技;0755-8888\n";

    fn read(bytes: &[u8]) -> (Format, String) {
        let format = Sniffer::of(bytes).expect("read").finish();
        let mut text = String::new();
        Decoded::new(bytes, &format).read_to_string(&mut text).expect("decoded");
        (format, text)
    }

    #[test]
    fn what_chinese_spreadsheets_write_is_read() {
        let (gb, _, _) = GB18030.encode(TEXT);
        let bom = ["\u{feff}", TEXT].concat();
        let utf16: Vec<u8> = bom.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [TEXT.as_bytes(), bom.as_bytes(), &gb, &utf16] {
            let (format, text) = read(bytes);
            assert_eq!((text.as_str(), format.delimiter), (TEXT, ';'), "{format:?}");
        }
    }

    #[test]
    fn a_character_cut_by_the_end_of_a_block_is_no_fault() {
        let mut sniffer = Sniffer::default();
        TEXT.as_bytes().chunks(1).for_each(|byte| sniffer.feed(byte));
        assert_eq!(sniffer.finish().encoding, "UTF-8");
    }

    #[test]
    fn a_late_foreign_byte_decides() {
        let late = [vec![b'a'; 200_000], vec![0xbb, 0xaa]].concat();
        assert_eq!(read(&late).0.encoding, "gb18030");
    }

    #[test]
    fn a_stray_byte_garbles_its_own_character_and_nothing_else() {
        let stray = [TEXT.as_bytes(), b"a\xffb;1\n"].concat();
        let (format, text) = read(&stray);
        assert_eq!((format.encoding.as_str(), text.ends_with("a\u{fffd}b;1\n")), ("UTF-8", true));
    }

    #[test]
    fn western_names_do_not_become_chinese() {
        let (bytes, _, _) = WINDOWS_1252.encode("name;city\nMüller;Köln\nJosé Núñez;Málaga\n");
        let (format, text) = read(&bytes);
        assert_eq!((format.encoding.as_str(), text.contains("Müller;Köln")), ("windows-1252", true));
        let mut sniffer = Sniffer::default();
        sniffer.feed(&bytes);
        assert_eq!(sniffer.finish_as(GB18030).encoding, "gb18030", "whoever knows better says so");
    }

    #[test]
    fn a_delimiter_is_told_by_the_file_or_found_below_its_title() {
        let delimiter_of = |text: &str| Sniffer::of(text.as_bytes()).expect("read").finish().delimiter;
        assert_eq!(delimiter_of("sep=;\r\na,b;c\n"), ';');
        assert_eq!(delimiter_of("\u{feff}SEP=\t\na\tb\n"), '\t');
        assert_eq!(delimiter_of("客户名单, 2026\n\na;b;c;d;e\n1;2;3;4;5\n"), ';');
    }

    #[test]
    fn lines_of_an_old_macintosh_are_lines() {
        assert_eq!(read(b"a,b\r1,2\r").1, "a,b\n1,2\n");
    }

    #[test]
    fn delimiters_in_quotes_do_not_count() {
        assert_eq!(delimiter("\"a;b;c;d\",e,f\n"), ',');
        assert_eq!(delimiter("a\tb\n1,2,3,4\n"), '\t');
    }
}
