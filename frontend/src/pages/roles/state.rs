//! The rights of a role while they are edited: one signal a cell, so that a change draws nothing else anew.

use domain::permission::{Action, FieldRight, Governed, Grant, Right, Scope};
use domain::viewer::RoleRights;
use leptos::prelude::*;

use crate::edition;

/// One cell: the word of a scope or of a right, empty for none of its own.
pub type Cell = RwSignal<String>;

/// The cells of one kind, each with its resource and its action or field, in the order of the catalogue.
type Cells = Vec<(&'static str, &'static str, Cell)>;

#[derive(Clone, Copy)]
pub struct Draft {
    grants: StoredValue<Cells>,
    fields: StoredValue<Cells>,
    pub personal: Cell,
}

impl Draft {
    pub fn of(rights: &RoleRights) -> Self {
        let cell = |word: &str| RwSignal::new(word.to_owned());
        let (mut grants, mut fields) = (Cells::new(), Cells::new());
        for granted in domain::catalogue::grantable() {
            for action in granted.actions {
                let same = |grant: &&Grant| grant.resource == granted.name && grant.action == action;
                let scope = rights.grants.iter().find(same).map_or("", |grant| grant.scope.word());
                grants.push((granted.name, action.word(), cell(scope)));
            }
        }
        for resource in edition::catalogue().iter().filter(|of| of.governed == Governed::ByRoles) {
            for field in resource.governed_fields() {
                let same = |right: &&FieldRight| right.resource == resource.name && right.field == field.key;
                let right = rights.fields.iter().find(same).map_or("", |right| right.right.word());
                fields.push((resource.name, field.key, cell(right)));
            }
        }
        Self {
            grants: StoredValue::new(grants),
            fields: StoredValue::new(fields),
            personal: cell(rights.personal.word()),
        }
    }

    pub fn grant(self, resource: &'static str, action: Action) -> Option<Cell> {
        self.grants.with_value(|grants| find(grants, resource, action.word()))
    }

    pub fn field(self, resource: &'static str, field: &'static str) -> Option<Cell> {
        self.fields.with_value(|fields| find(fields, resource, field))
    }

    /// What is chosen now. Tracks every cell.
    pub fn rights(self) -> RoleRights {
        let (mut grants, mut fields) = (Vec::new(), Vec::new());
        self.grants.with_value(|cells| {
            for (resource, action, cell) in cells {
                if let (Some(action), Some(scope)) =
                    (Action::from_word(action), cell.with(|word| Scope::from_word(word)))
                {
                    grants.push(Grant { resource: (*resource).to_owned(), action, scope });
                }
            }
        });
        self.fields.with_value(|cells| {
            for (resource, field, cell) in cells {
                if let Some(right) = cell.with(|word| Right::from_word(word)) {
                    fields.push(FieldRight { resource: (*resource).to_owned(), field: (*field).to_owned(), right });
                }
            }
        });
        let personal = self.personal.with(|word| Right::from_word(word)).unwrap_or(Right::Masked);
        RoleRights { grants, personal, fields }
    }
}

fn find(cells: &Cells, resource: &str, key: &str) -> Option<Cell> {
    cells.iter().find(|(of, known, _)| *of == resource && *known == key).map(|(.., cell)| *cell)
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
