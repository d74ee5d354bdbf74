//! Cells that somebody corrects after a dry run. They belong to the import, not to the file, which stays as it came in,
//! and lie sealed in its job like the file itself.

use std::collections::BTreeMap;

use domain::error::{Code, Error, Fault};
use serde::{Deserialize, Serialize};
use store::{Db, operations};
use utoipa::ToSchema;
use uuid::Uuid;

use super::job::Payload;
use super::records::Record;
use crate::http::error::{Refusal, Result};

/// Most lines that are corrected in place; more of them are mended in their file.
pub const MOST: usize = 500;

/// What shall stand in cells of a line instead of what the file says.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportCorrection)]
pub struct Correction {
    /// The line of the file, as the rows of a dry run name it.
    line: i64,
    /// Heading to text, such as `{"Telephone": "0755-1234567"}`. Columns of one heading are one list, told as one text.
    cells: BTreeMap<String, String>,
}

/// Line to column to the text of the cell.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Corrections(BTreeMap<i64, BTreeMap<usize, String>>);

impl Corrections {
    /// Those of an earlier import of the same file.
    pub async fn of_trial(db: &Db, trial: Uuid, file: Uuid) -> Result<Self> {
        let payload = match operations::payload(db, trial).await {
            Err(store::Error::Refused(error)) if error.code == Code::NotFound => None,
            payload => payload?,
        };
        let payload = payload.and_then(|payload| serde_json::from_value::<Payload>(payload).ok());
        let of_file = payload.filter(|payload| payload.file_id == file);
        let unknown = || Refusal(Error::invalid(vec![Fault::field("trial", "not_found")]));
        Ok(of_file.ok_or_else(unknown)?.corrections)
    }

    /// Lays more of them over these, or says all that is wrong with them.
    pub fn and(mut self, headers: &[String], more: &[Correction]) -> std::result::Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        for (at, correction) in more.iter().enumerate() {
            if correction.cells.is_empty() {
                faults.push(Fault::new(format!("/corrections/{at}/cells"), "required"));
            }
            let line = self.0.entry(correction.line).or_default();
            for (heading, text) in &correction.cells {
                let columns = headers.iter().enumerate().filter(|(_, header)| *header == heading);
                let columns: Vec<usize> = columns.map(|(column, _)| column).collect();
                if columns.is_empty() {
                    faults.push(Fault::new(format!("/corrections/{at}/cells/{heading}"), "unknown"));
                }
                line.extend(columns.iter().map(|column| (*column, String::new())));
                line.extend(columns.first().map(|column| (*column, text.clone())));
            }
        }
        if self.0.len() > MOST {
            faults.push(Fault::field("corrections", "too_many").with("max", MOST));
        }
        if faults.is_empty() { Ok(self) } else { Err(faults) }
    }

    /// A record as it was corrected. Of such a line its cells are known, whatever was wrong with it as a whole.
    pub fn mend(&self, mut record: Record, columns: usize) -> Record {
        let Some(cells) = self.0.get(&record.line) else { return record };
        record.is_unclosed = false;
        record.cells.resize(columns, String::new());
        for (column, text) in cells {
            if let Some(cell) = record.cells.get_mut(*column) {
                cell.clone_from(text);
            }
        }
        record
    }

    pub fn lines(&self) -> impl Iterator<Item = i64> {
        self.0.keys().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADERS: [&str; 4] = ["名称", "电话", "电话", "城市"];

    fn correction(line: i64, cells: &[(&str, &str)]) -> Correction {
        Correction { line, cells: cells.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect() }
    }

    fn and(corrections: Corrections, more: &[Correction]) -> std::result::Result<Corrections, Vec<Fault>> {
        corrections.and(&HEADERS.map(str::to_owned), more)
    }

    fn mended(corrections: &Corrections, line: i64, cells: &[&str]) -> Vec<String> {
        let cells = cells.iter().map(|cell| (*cell).to_owned()).collect();
        corrections.mend(Record { line, cells, is_unclosed: true }, HEADERS.len()).cells
    }

    #[test]
    fn a_later_correction_lies_over_an_earlier_one_and_columns_of_one_heading_are_one() {
        let first = [correction(3, &[("电话", "1；2"), ("城市", "苏州")])];
        let corrections = and(Corrections::default(), &first).expect("taken");
        let corrections = and(corrections, &[correction(3, &[("城市", "")])]).expect("taken");
        assert_eq!(mended(&corrections, 3, &["甲", "x", "y", "z", "zuviel"]), ["甲", "1；2", "", ""]);
        assert_eq!(mended(&corrections, 3, &["甲"]), ["甲", "1；2", "", ""]);
        assert_eq!(mended(&corrections, 4, &["乙"]), ["乙"], "another line stays as it is");
    }

    #[test]
    fn all_that_is_wrong_with_them_is_told_at_once() {
        let many: Vec<Correction> = (0..=MOST as i64).map(|line| correction(line, &[("名称", "x")])).collect();
        let codes = |more: &[Correction]| -> Vec<(String, String)> {
            let faults = and(Corrections::default(), more).expect_err("refused");
            faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect()
        };
        let told = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
        assert_eq!(codes(&many), [told("/corrections", "too_many")]);
        assert_eq!(
            codes(&[correction(3, &[]), correction(4, &[("不存在", "x")])]),
            [told("/corrections/0/cells", "required"), told("/corrections/1/cells/不存在", "unknown")]
        );
    }
}
