//! What a file is written in: encoding and delimiter, found out from the file itself.

use std::io::{self, Read};

use encoding_rs::{Decoder, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};
use serde::{Deserialize, Serialize};

/// How a file is written. It goes with the job that reads the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Format {
    /// A label of the Encoding Standard.
    pub encoding: String,
    pub byte_order_mark: bool,
    pub delimiter: char,
    pub crlf: bool,
}

impl Format {
    pub fn encoding(&self) -> &'static Encoding {
        Encoding::for_label(self.encoding.as_bytes()).unwrap_or(UTF_8)
    }
}

/// Reads a file once to learn how it is written. Chinese spreadsheets write GB18030 without saying so, and only the
/// whole file tells whether it could be UTF-8.
pub struct Sniffer {
    head: Vec<u8>,
    /// An unfinished character at the end of what was seen.
    pending: Vec<u8>,
    utf8: bool,
    zeros: [usize; 2],
    read: usize,
}

/// Enough for the header and some lines.
const HEAD: usize = 64 << 10;

impl Default for Sniffer {
    fn default() -> Self {
        Self { head: Vec::new(), pending: Vec::new(), utf8: true, zeros: [0; 2], read: 0 }
    }
}

impl Sniffer {
    pub fn feed(&mut self, bytes: &[u8]) {
        let room = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..room]);
        for (index, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte == 0) {
            self.zeros[(self.read + index) % 2] += 1;
        }
        self.read += bytes.len();
        if self.utf8 {
            self.feed_utf8(bytes);
        }
    }

    fn feed_utf8(&mut self, bytes: &[u8]) {
        let joined;
        let bytes = if self.pending.is_empty() {
            bytes
        } else {
            joined = [self.pending.as_slice(), bytes].concat();
            &joined
        };
        match std::str::from_utf8(bytes) {
            Ok(_) => self.pending = Vec::new(),
            Err(error) if error.error_len().is_none() => self.pending = bytes[error.valid_up_to()..].to_vec(),
            Err(_) => self.utf8 = false,
        }
    }

    pub fn finish(self) -> Format {
        let (encoding, byte_order_mark) = match Encoding::for_bom(&self.head) {
            Some((encoding, _)) => (encoding, true),
            // In a text of Latin letters every other byte of UTF-16 is zero.
            None if self.zeros[1] > self.read / 4 => (UTF_16LE, false),
            None if self.zeros[0] > self.read / 4 => (UTF_16BE, false),
            None if self.utf8 && self.pending.is_empty() => (UTF_8, false),
            None => (GB18030, false),
        };
        let (head, _, _) = encoding.decode(&self.head);
        Format {
            encoding: encoding.name().to_owned(),
            byte_order_mark,
            delimiter: delimiter(&head),
            crlf: head.contains("\r\n"),
        }
    }

    pub fn of(mut file: impl Read) -> io::Result<Format> {
        let mut sniffer = Sniffer::default();
        let mut buffer = vec![0; 1 << 20];
        loop {
            match file.read(&mut buffer)? {
                0 => return Ok(sniffer.finish()),
                count => sniffer.feed(&buffer[..count]),
            }
        }
    }
}

/// The sign that stands most often in the header, outside of quotes.
fn delimiter(head: &str) -> char {
    let mut quoted = false;
    let mut counts = [(',', 0), ('\t', 0), (';', 0), ('|', 0)];
    for letter in head.chars() {
        match letter {
            '"' => quoted = !quoted,
            '\n' if !quoted => break,
            letter if !quoted => {
                counts.iter_mut().filter(|(sign, _)| *sign == letter).for_each(|(_, count)| *count += 1);
            }
            _ => {}
        }
    }
    // Of equals the first wins, and a file of one column has none: a comma does no harm there.
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or_default();
    counts.iter().find(|(_, count)| *count == most).map_or(',', |(sign, _)| *sign)
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
}

impl<R: Read> Decoded<R> {
    pub fn new(file: R, format: &Format) -> Self {
        let decoder = format.encoding().new_decoder_with_bom_removal();
        Self { file, decoder, raw: vec![0; 64 << 10], text: Vec::new(), from: 0, ended: false }
    }

    fn refill(&mut self) -> io::Result<()> {
        while self.from == self.text.len() && !self.ended {
            let count = self.file.read(&mut self.raw)?;
            self.ended = count == 0;
            let room = self.decoder.max_utf8_buffer_length(count).unwrap_or(4 * count + 16);
            self.text.resize(room, 0);
            let (_, _, written, _) = self.decoder.decode_to_utf8(&self.raw[..count], &mut self.text, self.ended);
            self.text.truncate(written);
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
        let format = Sniffer::of(bytes).expect("read");
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
    fn delimiters_in_quotes_do_not_count() {
        assert_eq!(delimiter("\"a;b;c;d\",e,f\n"), ',');
        assert_eq!(delimiter("a\tb\n1,2,3,4\n"), '\t');
    }
}
