//! The act: what happens to a record besides edits of its fields, such as a task being done or a deal being won.
//!
//! Acts are declared by the resource. Address, document, `GET /meta`, the button with its small form, the bulk bar and
//! the columns of a board derive from them.

use serde::Serialize;

use crate::permission::Action;

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
    /// It happens by a tick in a list, which another act takes away.
    #[serde(skip)]
    pub unticked_by: Option<&'static str>,
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
        Self { noun, action: Action::Update, asks: &[], from: &[], to: None, unticked_by: None }
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
