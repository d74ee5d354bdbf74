//! What everybody may see and do, worked out the slow and obvious way: role by role, row by row, field by field.

use std::collections::HashMap;
use std::sync::Arc;

use domain::field::Field;
use domain::masking::mask_value;
use domain::permission::{Action, FieldRight, Grant, Right, Scope};
use domain::resource::Definition;
use serde_json::{Map, Value};

pub type Row = Map<String, Value>;

pub struct Role {
    pub grants: Vec<Grant>,
    pub personal: Right,
    pub fields: Vec<FieldRight>,
}

/// A person as the oracle knows them.
pub struct Who {
    pub id: String,
    /// From their own up to the topmost that they are not in: theirs, and all below it.
    pub department: Option<String>,
    pub below: Vec<String>,
    pub roles: Vec<Role>,
    /// Every record by its id, for those that are about others.
    pub subjects: Arc<HashMap<String, Row>>,
}

/// Whoever sees one of these may see what is said of it.
const SPOKEN_OF: [&str; 6] = ["customers", "contacts", "contact-records", "opportunities", "products", "tasks"];

impl Role {
    fn scopes(&self, resource: &str, action: Action) -> impl Iterator<Item = Scope> {
        let same = move |grant: &&Grant| grant.resource == resource && grant.action == action;
        self.grants.iter().filter(same).map(|grant| grant.scope)
    }

    fn right(&self, resource: &str, field: &Field) -> Right {
        if ["id", "version", "created_at", "updated_at"].contains(&field.key) {
            return Right::Write;
        }
        let named = self.fields.iter().find(|right| right.resource == resource && right.field == field.key);
        named.map_or(if field.personal { self.personal } else { Right::Write }, |named| named.right)
    }
}

impl Who {
    fn in_scope(&self, scope: Scope, row: &Row) -> bool {
        let own = row["owner_id"] == *self.id;
        let among = |list: &[String]| row["department_id"].as_str().is_some_and(|of| list.iter().any(|one| one == of));
        match scope {
            Scope::All => true,
            Scope::Own => own,
            Scope::Team => own || among(self.department.as_slice()),
            Scope::Department => own || among(&self.below),
        }
    }

    /// Whether they hold an action at all.
    pub fn may(&self, resource: &str, action: Action) -> bool {
        match resource {
            "comments" => SPOKEN_OF.iter().any(|of| self.may(of, Action::Read)),
            "notifications" => !self.roles.is_empty(),
            _ => self.roles.iter().any(|role| role.scopes(resource, action).next().is_some()),
        }
    }

    /// Whether they hold it over a row.
    pub fn reaches(&self, resource: &str, action: Action, row: &Row) -> bool {
        match resource {
            "comments" => {
                let subject = &self.subjects[row["about_id"].as_str().expect("an id")];
                self.sees(row["about_type"].as_str().expect("a resource"), subject)
            }
            "notifications" => row["owner_id"] == *self.id,
            _ => self.roles.iter().any(|role| role.scopes(resource, action).any(|scope| self.in_scope(scope, row))),
        }
    }

    /// The right to a field of a row, by the roles that let them do this to it.
    fn right(&self, resource: &str, action: Action, field: &Field, row: &Row) -> Right {
        if ["comments", "notifications"].contains(&resource) {
            return if self.reaches(resource, action, row) { Right::Write } else { Right::None };
        }
        let reaching = |role: &&Role| role.scopes(resource, action).any(|scope| self.in_scope(scope, row));
        let rights = self.roles.iter().filter(reaching).map(|role| role.right(resource, field));
        rights.max().unwrap_or(Right::None)
    }

    pub fn sees(&self, resource: &str, row: &Row) -> bool {
        self.reaches(resource, Action::Read, row)
    }

    pub fn reads(&self, resource: &str, field: &Field, row: &Row) -> bool {
        self.right(resource, Action::Read, field, row) >= Right::Read
    }

    pub fn reveals(&self, resource: &str, field: &Field, row: &Row) -> bool {
        let masked = |action| self.right(resource, action, field, row) >= Right::Masked;
        field.personal && masked(Action::Read) && masked(Action::Reveal)
    }

    pub fn writes(&self, resource: &str, field: &Field, row: &Row) -> bool {
        self.right(resource, Action::Update, field, row) == Right::Write && self.reads(resource, field, row)
    }

    /// Whether there could be a row in which they hold a right by an action: one of their own.
    fn somewhere(&self, resource: &str, action: Action, field: &Field, least: Right) -> bool {
        if ["comments", "notifications"].contains(&resource) {
            return self.may(resource, action);
        }
        let holds = |role: &&Role| role.right(resource, field) >= least;
        self.roles.iter().filter(holds).any(|role| role.scopes(resource, action).next().is_some())
    }

    pub fn reads_somewhere(&self, resource: &str, field: &Field) -> bool {
        self.somewhere(resource, Action::Read, field, Right::Read)
    }

    pub fn reveals_somewhere(&self, resource: &str, field: &Field) -> bool {
        let masked = |action| self.somewhere(resource, action, field, Right::Masked);
        field.personal && masked(Action::Read) && masked(Action::Reveal)
    }

    pub fn writes_somewhere(&self, resource: &str, field: &Field) -> bool {
        self.somewhere(resource, Action::Update, field, Right::Write) && self.reads_somewhere(resource, field)
    }

    /// A row in their eyes.
    pub fn seen(&self, of: &Definition, row: &Row) -> Row {
        let mut seen = Row::new();
        for (key, value) in row {
            let Some(field) = of.field(key) else {
                seen.insert(key.clone(), value.clone());
                continue;
            };
            match self.right(of.name, Action::Read, field, row) {
                Right::None => {}
                Right::Masked => drop(seen.insert(key.clone(), mask_value(field.kind, value))),
                Right::Read | Right::Write => drop(seen.insert(key.clone(), value.clone())),
            }
        }
        seen
    }
}

/// All departments below one, and itself.
pub fn below(parents: &HashMap<String, Option<String>>, top: &str) -> Vec<String> {
    let is_below = |id: &String| {
        let mut at = Some(id.clone());
        while let Some(one) = at {
            if one == top {
                return true;
            }
            at = parents.get(&one).cloned().flatten();
        }
        false
    };
    // The department of whoever set the house up is not among them.
    let lower = parents.keys().filter(|id| *id != top && is_below(id)).cloned();
    [top.to_owned()].into_iter().chain(lower).collect()
}
