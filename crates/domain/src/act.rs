//! The act: what happens to a record besides edits of its fields, such as a task being done or a deal being won.
//!
//! Acts are declared by the resource. Address, document, `GET /meta`, the button with its small form, the bulk bar and
//! the columns of a board derive from them.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::field::{Access, Kind};
use crate::lines;
use crate::permission::Action;
use crate::resource::Definition;

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Act {
    /// What happens, as a noun: the end of the address, `POST /tasks/{id}/completion`, and of the message keys
    /// `act.<resource>.<noun>`.
    pub noun: &'static str,
    /// What one must hold over the record.
    pub action: Action,
    /// The fields that are asked for.
    pub asks: &'static [Asked],
    /// The states in which it can happen; any if there are none.
    pub from: &'static [&'static str],
    /// The state it leads to, if it changes the state at all.
    pub to: Option<&'static str>,
    /// The record that it makes out of this one, if it makes any.
    pub makes: Option<Makes>,
    /// It happens by a tick in a list, which another act takes away.
    #[serde(skip)]
    pub unticked_by: Option<&'static str>,
}

/// A new record that goes on from another, such as the order from an accepted quote. Every field that both have is carried
/// over, so that nobody types it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Makes {
    pub resource: &'static str,
    /// The field of the new record that names the one it comes from.
    pub link: &'static str,
    /// Fields that go over under another name: from, and to.
    pub carrying: &'static [(&'static str, &'static str)],
}

impl Makes {
    pub const fn of(resource: &'static str, link: &'static str) -> Self {
        Self { resource, link, carrying: &[] }
    }

    pub const fn carrying(self, carrying: &'static [(&'static str, &'static str)]) -> Self {
        Self { carrying, ..self }
    }

    /// What the new record says, out of what stands in the other.
    pub fn body(&self, from: &Definition, source: &Map<String, Value>, made: &Definition) -> Map<String, Value> {
        let mut body = Map::new();
        for field in made.own_fields().filter(|field| field.access != Access::ReadOnly) {
            let is_begun_anew = field.numbered.is_some() || made.state == Some(field.key) || field.key == self.link;
            // What says something of one outcome, or comes with an act, says nothing of a beginning.
            let is_asked_later = made.acts.iter().any(|act| act.asks_for(field.key));
            let is_of_an_outcome = is_asked_later || field.only_when.is_some_and(|case| made.state == Some(case.field));
            if is_begun_anew || is_of_an_outcome {
                continue;
            }
            let renamed = self.carrying.iter().find(|(_, to)| *to == field.key).map(|(from, _)| *from);
            let Some(known) = from.own_field(renamed.unwrap_or(field.key)) else { continue };
            let Some(value) = source.get(known.key).filter(|value| !value.is_null()) else { continue };
            let value = match (known.kind, field.kind) {
                (Kind::Lines(theirs), Kind::Lines(ours)) if lines::are_alike(theirs, ours) => {
                    lines::carried(value, ours)
                }
                (theirs, ours) if theirs == ours => value.clone(),
                _ => continue,
            };
            body.insert(field.key.to_owned(), value);
        }
        body
    }
}

/// A field that an act asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Asked {
    pub field: &'static str,
    /// The act does not happen without it, whatever the field itself requires.
    pub required: bool,
}

impl Act {
    pub const fn new(noun: &'static str) -> Self {
        Self { noun, action: Action::Update, asks: &[], from: &[], to: None, makes: None, unticked_by: None }
    }

    pub const fn from(self, from: &'static [&'static str]) -> Self {
        Self { from, ..self }
    }

    pub const fn to(self, to: &'static str) -> Self {
        Self { to: Some(to), ..self }
    }

    pub const fn ticked(self, unticked_by: &'static str) -> Self {
        Self { unticked_by: Some(unticked_by), ..self }
    }

    pub const fn asks(self, asks: &'static [Asked]) -> Self {
        Self { asks, ..self }
    }

    pub const fn makes(self, makes: Makes) -> Self {
        Self { makes: Some(makes), ..self }
    }

    /// Whether it can happen to a record in this state.
    pub fn is_open_in(&self, state: Option<&str>) -> bool {
        self.from.is_empty() || state.is_some_and(|state| self.from.contains(&state))
    }

    pub fn asks_for(&self, key: &str) -> bool {
        self.asks.iter().any(|asked| asked.field == key)
    }
}

impl Asked {
    pub const fn must(field: &'static str) -> Self {
        Self { field, required: true }
    }

    pub const fn may(field: &'static str) -> Self {
        Self { field, required: false }
    }
}
