//! What is known of a file and decided about it, kept on this device while one is at it.

use std::cell::RefCell;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::imports::{Preview, Target};
use crate::{dom, i18n};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub preview: Preview,
    /// Whether a record that is there already takes the line's values; otherwise the line is a fault.
    pub update_existing: bool,
    /// Whether the person wants the file although it was imported before.
    #[serde(default)]
    pub again: bool,
    /// The last dry run. What was corrected then lies with it at the server.
    #[serde(default)]
    pub trial: Option<String>,
}

thread_local! {
    /// The plan at hand with the samples, which are not kept on the device.
    static AT_HAND: RefCell<Option<Plan>> = const { RefCell::new(None) };
}

impl Plan {
    pub fn of(preview: Preview) -> Self {
        Self { preview, update_existing: true, again: false, trial: None }
    }

    pub fn kept(file: &str) -> Option<Self> {
        let at_hand = AT_HAND.with_borrow(Clone::clone).filter(|plan| plan.preview.file_id == file);
        if at_hand.is_some() {
            return at_hand;
        }
        let kept: Value = serde_json::from_str(&dom::recall(&name(file))?).ok()?;
        serde_json::from_value(kept).ok()
    }

    /// A draft like others: it goes when the person signs out.
    pub fn keep(&self) {
        AT_HAND.set(Some(self.clone()));
        if let Ok(kept) = serde_json::to_value(self) {
            dom::remember(&name(&self.preview.file_id), &kept.to_string());
        }
    }

    /// The headings of columns that are imported, with what they stand for.
    pub fn headings(&self) -> impl Iterator<Item = (&str, &str)> {
        let columns = self.preview.columns.iter();
        columns.filter_map(|column| Some((column.header.as_str(), column.target.as_deref()?)))
    }

    /// The required targets that no column stands for, by their labels.
    pub fn missing(&self) -> Vec<String> {
        let given =
            |target: &Target| self.preview.columns.iter().any(|column| column.target.as_ref() == Some(&target.target));
        self.preview.targets.iter().filter(|target| target.required && !given(target)).map(label).collect()
    }

    /// The targets that more than one column stands for, by their labels.
    pub fn doubled(&self) -> Vec<String> {
        let count = |target: &Target| {
            self.preview.columns.iter().filter(|column| column.target.as_ref() == Some(&target.target)).count()
        };
        self.preview.targets.iter().filter(|target| count(target) > 1).map(label).collect()
    }
}

/// A target in the language in use.
pub fn label(target: &Target) -> String {
    target.label.get(i18n::current().tag()).unwrap_or(&target.target).clone()
}

fn name(file: &str) -> String {
    format!("draft.import.{file}")
}
