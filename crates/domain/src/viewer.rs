//! The viewer: who asks, which rows and which fields they may see.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::catalogue::{self, CATALOGUE};
use crate::error::{Code, Error, Fault, Result};
use crate::field::Field;
use crate::masking::mask_value;
use crate::permission::{Action, FieldRight, Grant, Permission, Right, Scope};
use crate::resource::Definition;

/// The union of a person's roles.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rights {
    grants: HashMap<String, HashMap<Action, Scope>>,
    roles: Vec<RoleRights>,
}

/// What one role gives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoleRights {
    pub grants: Vec<Grant>,
    /// The right to personal fields where `fields` says nothing.
    pub personal: Right,
    pub fields: Vec<FieldRight>,
}

impl RoleRights {
    fn right(&self, resource: &str, field: &Field) -> Right {
        let named = self.fields.iter().find(|right| right.resource == resource && right.field == field.key);
        match named {
            Some(named) => named.right,
            None if field.personal => self.personal,
            None => Right::Write,
        }
    }

    fn reads(&self, resource: &str) -> bool {
        self.grants.iter().any(|grant| grant.resource == resource && grant.action == Action::Read)
    }

    /// What is wrong with them: names that nobody knows, and the same line twice.
    pub fn faults(&self) -> Vec<Fault> {
        let known: HashMap<_, _> = catalogue::grantable().map(|grantable| (grantable.name, grantable.scopes)).collect();
        let mut faults = Vec::new();
        let mut seen = HashSet::new();
        for (index, grant) in self.grants.iter().enumerate() {
            match known.get(&*grant.resource) {
                None => faults.push(Fault::new(format!("/grants/{index}/resource"), "not_a_choice")),
                Some(scopes) if !scopes.contains(&grant.scope) => {
                    faults.push(Fault::new(format!("/grants/{index}/scope"), "not_a_choice"));
                }
                Some(_) => {}
            }
            if !seen.insert((&grant.resource, grant.action.word())) {
                faults.push(Fault::new(format!("/grants/{index}"), "repeated"));
            }
        }
        for (index, right) in self.fields.iter().enumerate() {
            if catalogue::find(&right.resource).and_then(|resource| resource.field(&right.field)).is_none() {
                faults.push(Fault::new(format!("/fields/{index}/field"), "not_a_choice"));
            }
            if !seen.insert((&right.resource, right.field.as_str())) {
                faults.push(Fault::new(format!("/fields/{index}"), "repeated"));
            }
        }
        faults
    }
}

impl Rights {
    pub fn of(roles: Vec<RoleRights>) -> Self {
        let mut grants: HashMap<String, HashMap<Action, Scope>> = HashMap::new();
        for grant in roles.iter().flat_map(|role| &role.grants) {
            let scope = grants.entry(grant.resource.clone()).or_default().entry(grant.action).or_insert(grant.scope);
            *scope = grant.scope.max(*scope);
        }
        Self { grants, roles }
    }

    /// The rows over which an action is allowed, if it is allowed at all.
    pub fn scope(&self, permission: Permission) -> Option<Scope> {
        self.grants.get(permission.resource)?.get(&permission.action).copied()
    }

    pub fn may(&self, permission: Permission) -> bool {
        self.scope(permission).is_some()
    }

    /// The widest right that a role which reads the resource gives to a field.
    pub fn field(&self, resource: &str, field: &Field) -> Right {
        widest(&self.readers(resource), resource, field)
    }

    /// The roles that read a resource.
    fn readers(&self, resource: &str) -> Vec<&RoleRights> {
        self.roles.iter().filter(|role| role.reads(resource)).collect()
    }

    /// Whether a role gives nothing that these rights do not hold.
    pub fn cover(&self, role: &RoleRights) -> bool {
        let holds = |grant: &Grant| {
            let scope = self.grants.get(&grant.resource).and_then(|actions| actions.get(&grant.action));
            scope.is_some_and(|scope| *scope >= grant.scope)
        };
        let sees = |resource: &Definition| {
            let mut fields = resource.all_fields();
            fields.all(|field| role.right(resource.name, field) <= self.field(resource.name, field))
        };
        role.grants.iter().all(holds) && CATALOGUE.iter().filter(|resource| role.reads(resource.name)).all(sees)
    }

    /// Every grant, for the client's menu and buttons.
    pub fn grants(&self) -> Vec<Grant> {
        let mut grants: Vec<_> = self
            .grants
            .iter()
            .flat_map(|(resource, actions)| {
                actions.iter().map(|(action, scope)| Grant {
                    resource: resource.clone(),
                    action: *action,
                    scope: *scope,
                })
            })
            .collect();
        grants.sort_by(|a, b| (&a.resource, a.action).cmp(&(&b.resource, b.action)));
        grants
    }
}

fn widest(roles: &[&RoleRights], resource: &str, field: &Field) -> Right {
    roles.iter().map(|role| role.right(resource, field)).max().unwrap_or(Right::None)
}

/// Who asks.
#[derive(Clone, Debug, PartialEq)]
pub struct Viewer {
    pub user_id: Uuid,
    pub session_id: Uuid,
    pub department_id: Option<Uuid>,
    /// The caller's department and all below it.
    pub departments: Vec<Uuid>,
    pub rights: Rights,
    /// Today where the caller lives, for relative dates.
    pub today: NaiveDate,
    /// The caller's distance from UTC in seconds, for days that begin at local midnight.
    pub utc_offset: i32,
}

/// What a viewer may not see of a resource's fields.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lens {
    hidden: Vec<&'static str>,
    masked: Vec<&'static Field>,
}

impl Lens {
    /// Shows everything; for the system itself.
    pub const fn clear() -> Self {
        Self { hidden: Vec::new(), masked: Vec::new() }
    }

    pub fn is_clear(&self) -> bool {
        self.hidden.is_empty() && self.masked.is_empty()
    }

    pub fn hides(&self, key: &str) -> bool {
        self.hidden.contains(&key)
    }

    /// Takes from a record, or from any object with its members, what may not be seen.
    pub fn apply(&self, record: &mut Map<String, Value>) {
        record.retain(|key, _| !self.hides(key));
        for field in &self.masked {
            if let Some(value) = record.get_mut(field.key) {
                *value = mask_value(field.kind, value);
            }
        }
    }
}

impl Viewer {
    pub fn lens(&self, resource: &Definition) -> Lens {
        let mut lens = Lens::default();
        // Asked for every list and record: the roles are looked through once, not for each field.
        let readers = self.rights.readers(resource.name);
        for field in resource.fields {
            match widest(&readers, resource.name, field) {
                Right::None => lens.hidden.push(field.key),
                Right::Masked => lens.masked.push(field),
                Right::Read | Right::Write => {}
            }
        }
        lens
    }
}

/// The rows that one grant reaches, ready to be asked of a record or of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Rows {
    All,
    Own {
        user: Uuid,
    },
    /// Rows of these departments, and the caller's own wherever they are.
    Departments {
        user: Uuid,
        departments: Vec<Uuid>,
    },
}

impl Viewer {
    /// The rows over which the caller holds a permission; refused when it is not held at all.
    pub fn rows(&self, permission: Permission) -> Result<Rows> {
        let scope = self.rights.scope(permission).ok_or(Error::new(Code::Forbidden))?;
        Ok(match scope {
            Scope::All => Rows::All,
            Scope::Own => Rows::Own { user: self.user_id },
            Scope::Team => {
                Rows::Departments { user: self.user_id, departments: self.department_id.into_iter().collect() }
            }
            Scope::Department => Rows::Departments { user: self.user_id, departments: self.departments.clone() },
        })
    }
}

impl Rows {
    pub fn contains(&self, owner: Option<Uuid>, department: Option<Uuid>) -> bool {
        match self {
            Rows::All => true,
            Rows::Own { user } => owner == Some(*user),
            Rows::Departments { user, departments } => {
                owner == Some(*user) || department.is_some_and(|department| departments.contains(&department))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Kind;

    fn role(scope: Scope, personal: Right) -> RoleRights {
        RoleRights {
            grants: vec![Grant { resource: "customers".into(), action: Action::Read, scope }],
            personal,
            fields: vec![],
        }
    }

    #[test]
    fn several_roles_give_the_widest_of_each() {
        let rights = Rights::of(vec![role(Scope::Own, Right::Write), role(Scope::All, Right::Masked)]);
        let phone = Field::new("phones", Kind::Phones).personal();
        assert_eq!(rights.scope(Permission::new("customers", Action::Read)), Some(Scope::All));
        assert_eq!(rights.field("customers", &phone), Right::Write);
        assert_eq!(rights.field("contacts", &phone), Right::None);
    }

    #[test]
    fn nobody_hands_out_more_than_they_hold() {
        let mine = Rights::of(vec![role(Scope::Department, Right::Masked)]);
        assert!(mine.cover(&role(Scope::Own, Right::Masked)));
        assert!(!mine.cover(&role(Scope::All, Right::Masked)));
        assert!(!mine.cover(&role(Scope::Own, Right::Read)));
        let deletes = Grant { resource: "customers".into(), action: Action::Delete, scope: Scope::Own };
        assert!(!mine.cover(&RoleRights { grants: vec![deletes], ..role(Scope::Own, Right::None) }));
        let name = FieldRight { resource: "customers".into(), field: "name".into(), right: Right::None };
        let narrow = Rights::of(vec![RoleRights { fields: vec![name], ..role(Scope::All, Right::Write) }]);
        assert!(!narrow.cover(&role(Scope::Own, Right::Masked)));
    }

    #[test]
    fn names_that_nobody_knows_and_lines_given_twice_are_faults() {
        let mut rights = role(Scope::Own, Right::Read);
        assert_eq!(rights.faults(), vec![]);
        rights.grants.extend(rights.grants.clone());
        rights.grants.push(Grant { resource: "planets".into(), action: Action::Read, scope: Scope::Own });
        rights.fields.push(FieldRight { resource: "customers".into(), field: "mass".into(), right: Right::Read });
        let faults: Vec<_> = rights.faults().into_iter().map(|fault| (fault.pointer, fault.code)).collect();
        let expected =
            [("/grants/1", "repeated"), ("/grants/2/resource", "not_a_choice"), ("/fields/0/field", "not_a_choice")];
        assert_eq!(faults, expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));
    }

    #[test]
    fn a_department_scope_keeps_ones_own_rows() {
        let (me, mine, other) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        let rows = Rows::Departments { user: me, departments: vec![mine] };
        assert!(rows.contains(Some(me), Some(other)));
        assert!(rows.contains(None, Some(mine)));
        assert!(!rows.contains(Some(other), Some(other)));
        assert!(!rows.contains(None, None));
    }
}
