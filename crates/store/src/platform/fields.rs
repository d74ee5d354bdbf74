//! Fields that administrators make.

use domain::platform::CustomField;
use schema::fields;
use serde_json::json;

use crate::db::Tx;
use crate::error::Result;
use crate::platform::jobs::{self, Draft};
use crate::table::prelude::*;

impl Stored for CustomField {
    stored_in!(fields);

    async fn before_write(_tx: &mut Tx<'_>, _before: Option<&Record<Self>>, record: &mut Record<Self>) -> Result<()> {
        name(&mut record.data);
        Ok(())
    }

    async fn after_write(tx: &mut Tx<'_>, _before: Option<&Record<Self>>, _written: &[Record<Self>]) -> Result<()> {
        tx.change_catalogue();
        let draft = Draft { kind: INDEXES, payload: json!({}), total: None, unique_key: None };
        jobs::enqueue(tx, draft).await?;
        Ok(())
    }
}

/// The job that makes the indexes of such fields, see [`crate::catalogue::indexes`].
pub const INDEXES: &str = "indexes";

/// Gives the field its key, and its choices their words, where nobody did.
fn name(field: &mut CustomField) {
    if field.key.is_none() {
        let names_records = field.refers_to.is_some();
        field.key = Some(format!("x_{}{}", word(&field.label, "field"), if names_records { "_id" } else { "" }));
    }
    let mut taken: Vec<String> = field.choices.iter().filter_map(|line| line.word.clone()).collect();
    for line in field.choices.iter_mut().filter(|line| line.word.is_none()) {
        let plain = word(&line.label, "choice");
        let free = |word: &String| !taken.contains(word);
        let numbered = (2..).map(|number| format!("{plain}_{number}"));
        let word = std::iter::once(plain.clone()).chain(numbered).find(free);
        taken.extend(word.clone());
        line.word = word;
    }
}

/// A label as a word of lower-case ASCII letters and digits, Chinese by its reading.
fn word(label: &str, otherwise: &str) -> String {
    let plain = sort_key(label).to_lowercase();
    let parts = plain.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    let word: String = parts.collect::<Vec<_>>().join("_").chars().take(36).collect();
    let word = word.trim_end_matches('_');
    if word.starts_with(|letter: char| letter.is_ascii_lowercase()) {
        word.to_owned()
    } else {
        format!("{otherwise}_{word}")
    }
}
