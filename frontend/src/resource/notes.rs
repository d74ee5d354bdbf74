//! What people write down about a record while they have it before them: what was spoken, and what is to be done.

use domain::permission::Action;
use domain::{Definition, Kind};
use serde_json::{Map, Value};

use super::form::name_of;
use super::{labels, quick};
use crate::api::records::Item;
use crate::keys::Act;
use crate::{edition, session, t};

/// One kind of note: a record of another resource that names the one before one's eyes.
pub struct Note {
    pub act: Act,
    pub resource: &'static str,
    pub icon: &'static str,
    /// The field whose first line is the title where nobody is asked for one.
    titled_by: Option<&'static str>,
}

pub const NOTES: [Note; 2] = [
    Note { act: Act::FollowUp, resource: "contact-records", icon: "message-square-text", titled_by: Some("content") },
    Note { act: Act::Task, resource: "tasks", icon: "list-todo", titled_by: None },
];

impl Note {
    pub fn label(&self) -> String {
        match self.act {
            Act::FollowUp => t!("note.follow-up"),
            _ => t!("note.task"),
        }
    }

    /// Whether notes of this kind can be about records of a resource, and the person may write them.
    pub fn fits(&self, about: &Definition) -> bool {
        let names = |of: &&Definition| {
            of.links_to(about.name) || of.fields.iter().any(|field| field.kind == Kind::Reference(about.name))
        };
        let of = edition::find(self.resource).filter(|of| of.name != about.name).filter(names);
        of.is_some_and(|of| session::may(of.name, Action::Create))
    }

    /// Ask for a note about a record.
    pub fn write(&self, about: &Definition, item: &Item) {
        let Some((of, known)) = self.begun(about, item) else { return };
        quick::note(of, known, self.label(), name_of(about, item).unwrap_or_default());
    }

    /// What a note about a record is, and what it says before anybody writes.
    pub fn begun(&self, about: &Definition, item: &Item) -> Option<(&'static Definition, Map<String, Value>)> {
        let of = edition::find(self.resource)?;
        let mut known = Map::new();
        for field in of.fields {
            let Kind::Reference(to) = field.kind else { continue };
            // What both name, such as the customer of a contact, is one and the same.
            let shared = item.document.get(field.key).filter(|value| value.is_string()).cloned();
            let named = if to == about.name { Some(item.id.clone().into()) } else { shared };
            known.extend(named.map(|id| (field.key.to_owned(), id)));
        }
        if let Some(link) = of.link.filter(|_| of.links_to(about.name)) {
            known.insert(link.kind.to_owned(), about.name.into());
            known.insert(link.id.to_owned(), item.id.clone().into());
        }
        Some((of, known))
    }
}

fn titled_by(resource: &str) -> Option<&'static str> {
    NOTES.iter().find(|note| note.resource == resource)?.titled_by
}

/// Whether quick forms need not ask for the title.
pub fn titles_itself(definition: &Definition) -> bool {
    titled_by(definition.name).is_some()
}

/// The title of a note that nobody gave one: its first line, or in which way one spoke with whom.
pub fn title_of(definition: &Definition, document: &Map<String, Value>, about: &str) -> Option<String> {
    let text = document.get(titled_by(definition.name)?).and_then(Value::as_str).unwrap_or_default();
    let line: String = text.trim().lines().next().unwrap_or_default().chars().take(LONGEST).collect();
    let line = line.trim_end_matches(['。', '.', '，', ',', '；', ';']);
    if !line.is_empty() {
        return Some(line.to_owned());
    }
    let choice = definition.fields.iter().find(|field| matches!(field.kind, Kind::Choice(_)))?;
    let word = labels::choice(definition, choice, document.get(choice.key)?.as_str()?);
    Some(if about.is_empty() { word } else { format!("{word}{}{about}", t!("form.colon")) })
}

/// Characters of a first line that make a title.
const LONGEST: usize = 60;
