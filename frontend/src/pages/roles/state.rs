//! The rights of a role while they are edited: one signal a cell, so that a change draws nothing else anew.

use std::collections::HashMap;

use domain::permission::{Action, FieldRight, Grant, Right, Scope};
use domain::viewer::RoleRights;
use leptos::prelude::*;

/// One cell: the word of a scope or of a right, empty for none of its own.
pub type Cell = RwSignal<String>;

#[derive(Clone, Copy)]
pub struct Draft {
    grants: StoredValue<HashMap<(&'static str, Action), Cell>>,
    fields: StoredValue<HashMap<(&'static str, &'static str), Cell>>,
    pub personal: Cell,
}

impl Draft {
    pub fn of(rights: &RoleRights) -> Self {
        let actions = || Action::WORDS.iter().filter_map(|word| Action::from_word(word));
        let grants = domain::CATALOGUE.iter().flat_map(|resource| actions().map(move |action| (resource.name, action)));
        let fields = domain::CATALOGUE
            .iter()
            .flat_map(|resource| resource.fields.iter().map(move |field| (resource.name, field.key)));
        let scope = |key: &(&str, Action)| {
            let grant = rights.grants.iter().find(|grant| grant.resource == key.0 && grant.action == key.1);
            grant.map_or("", |grant| grant.scope.word())
        };
        let right = |key: &(&str, &str)| {
            let right = rights.fields.iter().find(|right| right.resource == key.0 && right.field == key.1);
            right.map_or("", |right| right.right.word())
        };
        let cell = |word: &str| RwSignal::new(word.to_owned());
        Self {
            grants: StoredValue::new(grants.map(|key| (key, cell(scope(&key)))).collect()),
            fields: StoredValue::new(fields.map(|key| (key, cell(right(&key)))).collect()),
            personal: cell(rights.personal.word()),
        }
    }

    pub fn grant(self, resource: &'static str, action: Action) -> Option<Cell> {
        self.grants.with_value(|grants| grants.get(&(resource, action)).copied())
    }

    pub fn field(self, resource: &'static str, field: &'static str) -> Option<Cell> {
        self.fields.with_value(|fields| fields.get(&(resource, field)).copied())
    }

    /// What is chosen now. Tracks every cell.
    pub fn rights(self) -> RoleRights {
        let mut grants: Vec<Grant> = self.grants.with_value(|grants| {
            let chosen = grants.iter().filter_map(|((resource, action), cell)| {
                let scope = cell.with(|word| Scope::from_word(word))?;
                Some(Grant { resource: (*resource).to_owned(), action: *action, scope })
            });
            chosen.collect()
        });
        let mut fields: Vec<FieldRight> = self.fields.with_value(|fields| {
            let chosen = fields.iter().filter_map(|((resource, field), cell)| {
                let right = cell.with(|word| Right::from_word(word))?;
                Some(FieldRight { resource: (*resource).to_owned(), field: (*field).to_owned(), right })
            });
            chosen.collect()
        });
        grants.sort_by(|a, b| (&a.resource, a.action).cmp(&(&b.resource, b.action)));
        fields.sort_by(|a, b| (&a.resource, &a.field).cmp(&(&b.resource, &b.field)));
        let personal = self.personal.with(|word| Right::from_word(word)).unwrap_or(Right::Masked);
        RoleRights { grants, personal, fields }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_gives_back_what_it_was_made_of() {
        let rights = RoleRights {
            grants: vec![Grant { resource: "customers".into(), action: Action::Read, scope: Scope::Team }],
            personal: Right::Read,
            fields: vec![FieldRight { resource: "customers".into(), field: "notes".into(), right: Right::None }],
        };
        let draft = Draft::of(&rights);
        assert_eq!(draft.rights(), rights);
        if let Some(cell) = draft.grant("customers", Action::Delete) {
            cell.set("own".into());
        }
        assert_eq!(draft.rights().grants.len(), 2);
    }
}
