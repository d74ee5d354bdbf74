//! The viewer: who asks, which rows and which fields they may see.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::catalogue::{self, Catalogue};
use crate::custom;
use crate::error::{Code, Error, Fault, Result};
use crate::field::Field;
use crate::permission::{Action, Allowed, FieldRight, Governed, Grant, Permission, Right, Scope};
use crate::references::Link;
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
    /// The right to a field over the rows that the role's grants reach.
    pub(crate) fn right(&self, resource: &str, field: &Field) -> Right {
        let named = self.fields.iter().find(|right| right.resource == resource && right.field == field.key);
        match named {
            _ if !field.is_governed() => Right::Write,
            Some(named) => named.right,
            None if field.personal => self.personal,
            None => Right::Write,
        }
    }

    /// How far the role lets people do something.
    fn scope(&self, permission: Permission) -> Option<Scope> {
        let same = |grant: &&Grant| grant.resource == permission.resource && grant.action == permission.action;
        self.grants.iter().filter(same).map(|grant| grant.scope).max()
    }

    /// Without what opens and closes nothing, which earlier versions let people save.
    pub fn meaningful(mut self) -> Self {
        let known = catalogue::grantable().map(|of| (of.name, of.actions)).collect::<HashMap<_, _>>();
        self.grants.retain(|grant| known.get(&*grant.resource).is_some_and(|actions| actions.contains(&grant.action)));
        // What administrators made is known to the edition that a request asks.
        self.fields.retain(|right| custom::is_key(&right.field) || right.names(Catalogue::built()).is_some());
        self
    }

    /// With what comes with its grants without being granted: rights to what is about a record come with rights to that
    /// one, and to one's own of what is its owner's with any role. How far the former reach says [`Viewer::rows`].
    fn with_what_follows(mut self) -> Self {
        let follow = |of: &Definition, action: Action| match of.governed {
            Governed::ByRoles => None,
            Governed::ByOwner => Some(Scope::Own),
            Governed::BySubject(allowed) => ways(of, allowed, action)
                .any(|(subject, way)| self.scope(Permission::new(subject, way.needs)).is_some())
                .then_some(Scope::All),
        };
        let following: Vec<Grant> = catalogue::CATALOGUE
            .iter()
            .flat_map(|of| of.actions().map(move |action| (of, action)))
            .filter_map(|(of, action)| Some(Grant { resource: of.name.to_owned(), action, scope: follow(of, action)? }))
            .collect();
        self.grants.extend(following);
        self
    }

    /// What is wrong with them: names that nobody knows, and the same line twice.
    pub fn faults(&self, catalogue: &'static Catalogue) -> Vec<Fault> {
        let known: HashMap<_, _> = catalogue::grantable().map(|grantable| (grantable.name, grantable)).collect();
        let mut faults = Vec::new();
        let mut seen = HashSet::new();
        for (index, grant) in self.grants.iter().enumerate() {
            match known.get(&*grant.resource) {
                None => faults.push(Fault::new(format!("/grants/{index}/resource"), "not_a_choice")),
                Some(of) if !of.actions.contains(&grant.action) => {
                    faults.push(Fault::new(format!("/grants/{index}/action"), "not_a_choice"));
                }
                Some(of) if !of.scopes.contains(&grant.scope) => {
                    faults.push(Fault::new(format!("/grants/{index}/scope"), "not_a_choice"));
                }
                Some(_) => {}
            }
            if !seen.insert((&grant.resource, grant.action.word())) {
                faults.push(Fault::new(format!("/grants/{index}"), "repeated"));
            }
        }
        for (index, right) in self.fields.iter().enumerate() {
            if right.names(catalogue).is_none() {
                faults.push(Fault::new(format!("/fields/{index}/field"), "not_a_choice"));
            }
            if !seen.insert((&right.resource, right.field.as_str())) {
                faults.push(Fault::new(format!("/fields/{index}"), "repeated"));
            }
        }
        faults
    }
}

/// Each way to an action on what is about a record of each resource.
fn ways(
    of: &Definition,
    allowed: &'static [Allowed],
    action: Action,
) -> impl Iterator<Item = (&'static str, &'static Allowed)> + use<> {
    let subjects = of.subjects();
    let ways = allowed.iter().filter(move |way| way.action == action);
    ways.flat_map(move |way| subjects.iter().map(move |subject| (*subject, way)))
}

impl Rights {
    pub fn of(roles: Vec<RoleRights>) -> Self {
        let roles: Vec<RoleRights> = roles.into_iter().map(RoleRights::with_what_follows).collect();
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

    /// The widest right to a field over any row that the caller reads; others may give less.
    pub fn field(&self, resource: &'static str, field: &Field) -> Right {
        self.right_at(Permission::new(resource, Action::Read), field, Scope::Own)
    }

    /// The right to a field of a row at a distance: the widest of the roles whose own grant of the action reaches so far.
    /// What one role opens stays closed where only another one reaches.
    pub fn right_at(&self, permission: Permission, field: &Field, distance: Scope) -> Right {
        let reaching = self.roles.iter().filter(|role| role.scope(permission).is_some_and(|scope| scope >= distance));
        reaching.map(|role| role.right(permission.resource, field)).max().unwrap_or(Right::None)
    }

    /// How far the caller holds at least this right to a field, by roles that grant the action.
    pub fn reach(&self, permission: Permission, field: &Field, least: Right) -> Option<Scope> {
        let holding = self.roles.iter().filter(|role| role.right(permission.resource, field) >= least);
        holding.filter_map(|role| role.scope(permission)).max()
    }

    /// How far the caller sees a field in the clear.
    pub fn reads(&self, resource: &'static str, field: &Field) -> Option<Scope> {
        self.reach(Permission::new(resource, Action::Read), field, Right::Read)
    }

    /// How far the caller may have a masked value shown. He must also know that it is there.
    pub fn reveals(&self, resource: &'static str, field: &Field) -> Option<Scope> {
        let by = |action| self.reach(Permission::new(resource, action), field, Right::Masked);
        if field.personal { by(Action::Read).min(by(Action::Reveal)) } else { None }
    }

    /// Whether the caller may write a field of a row at a distance. Who could write what he does not read could guess it:
    /// a right guess changes nothing.
    pub fn writes(&self, permission: Permission, field: &Field, distance: Scope) -> bool {
        let reads = || self.reads(permission.resource, field).is_some_and(|scope| scope >= distance);
        self.right_at(permission, field, distance) == Right::Write && (permission.action == Action::Create || reads())
    }

    /// How far each role lets the caller see a resource, and the role.
    pub(crate) fn readers(&self, resource: &'static str) -> Vec<(Scope, &RoleRights)> {
        let read = Permission::new(resource, Action::Read);
        self.roles.iter().filter_map(|role| Some((role.scope(read)?, role))).collect()
    }

    /// Whether a role gives nothing that these rights do not hold.
    pub fn cover(&self, role: &RoleRights, catalogue: &'static Catalogue) -> bool {
        let holds = |grant: &Grant| {
            let scope = self.grants.get(&grant.resource).and_then(|actions| actions.get(&grant.action));
            scope.is_some_and(|scope| *scope >= grant.scope)
        };
        let opens = |grant: &Grant| {
            // The other actions look at no field of their own.
            let looks = matches!(
                grant.action,
                Action::Read | Action::Create | Action::Update | Action::Assign | Action::Reveal
            );
            let Some(resource) = catalogue.find(&grant.resource).filter(|_| looks) else { return true };
            let permission = Permission::new(resource.name, grant.action);
            let held = |field| self.right_at(permission, field, grant.scope);
            resource.all_fields().all(|field| role.right(resource.name, field) <= held(field))
        };
        role.grants.iter().all(|grant| holds(grant) && opens(grant))
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
    /// Rows about records that one of these reaches.
    About {
        link: Link,
        subjects: Vec<About>,
    },
}

/// Rows about the records of one resource.
#[derive(Clone, Debug, PartialEq)]
pub struct About {
    pub subject: &'static Definition,
    /// Which of its records.
    pub rows: Rows,
    /// Only the rows that this person made.
    pub maker: Option<Uuid>,
}

impl Viewer {
    /// The rows over which the caller holds a permission; refused when it is not held at all.
    pub fn rows(&self, permission: Permission) -> Result<Rows> {
        let scope = self.rights.scope(permission).ok_or(Error::new(Code::Forbidden))?;
        Ok(self.about(permission).unwrap_or_else(|| self.within(scope)))
    }

    /// The rows of a resource whose records are the business of whoever has to do with what they are about.
    fn about(&self, permission: Permission) -> Option<Rows> {
        let of = catalogue::find(permission.resource)?;
        let (Governed::BySubject(allowed), Some(link)) = (of.governed, of.link) else { return None };
        let subjects = ways(of, allowed, permission.action).filter_map(|(resource, way)| {
            let subject = catalogue::find(resource)?;
            let scope = self.rights.scope(Permission::new(subject.name, way.needs))?;
            Some(About { subject, rows: self.within(scope), maker: way.own.then_some(self.user_id) })
        });
        Some(Rows::About { link, subjects: subjects.collect() })
    }

    /// Whether a role gives nothing that this viewer does not hold, to somebody who works in that department: the same
    /// scope reaches other rows from another place.
    pub fn covers(&self, role: &RoleRights, department: Option<Uuid>, catalogue: &'static Catalogue) -> bool {
        let reaches = |grant: &Grant| {
            let own = self.rights.grants.get(&grant.resource).and_then(|actions| actions.get(&grant.action));
            let over_departments = matches!(grant.scope, Scope::Team | Scope::Department) && department.is_some();
            own.is_some_and(|own| !over_departments || self.within(*own).contains(None, department))
        };
        self.rights.cover(role, catalogue) && role.grants.iter().all(reaches)
    }

    /// Whether some grant of theirs reaches what stands below their department.
    pub fn reaches_below(&self) -> bool {
        self.rights.grants.values().flat_map(HashMap::values).any(|scope| *scope == Scope::Department)
    }

    /// The rows that a scope reaches. Each holds those of the narrower ones.
    pub fn within(&self, scope: Scope) -> Rows {
        let of = |departments| Rows::Departments { user: self.user_id, departments };
        match scope {
            Scope::All => Rows::All,
            Scope::Own => Rows::Own { user: self.user_id },
            Scope::Team => of(self.department_id.into_iter().collect()),
            Scope::Department => {
                // A department that was closed has nothing below it, but it still has its people.
                let own = self.department_id.filter(|own| !self.departments.contains(own));
                of(self.departments.iter().copied().chain(own).collect())
            }
        }
    }

    /// The narrowest scope that reaches a row. Grants of this scope and of wider ones speak of it, others do not.
    pub fn distance(&self, owner: Option<Uuid>, department: Option<Uuid>) -> Scope {
        let reaches = |scope: &&Scope| self.within(**scope).contains(owner, department);
        Scope::ALL.iter().find(reaches).copied().unwrap_or(Scope::All)
    }
}

impl Rows {
    /// Whether a row is among them by whose it is. What is about another record is not known by that.
    pub fn contains(&self, owner: Option<Uuid>, department: Option<Uuid>) -> bool {
        match self {
            Rows::All => true,
            Rows::About { .. } => false,
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
        assert!(mine.cover(&role(Scope::Own, Right::Masked), Catalogue::built()));
        assert!(!mine.cover(&role(Scope::All, Right::Masked), Catalogue::built()));
        assert!(!mine.cover(&role(Scope::Own, Right::Read), Catalogue::built()));
        let deletes = Grant { resource: "customers".into(), action: Action::Delete, scope: Scope::Own };
        assert!(
            !mine.cover(&RoleRights { grants: vec![deletes], ..role(Scope::Own, Right::None) }, Catalogue::built())
        );
        let name = FieldRight { resource: "customers".into(), field: "name".into(), right: Right::None };
        let narrow = Rights::of(vec![RoleRights { fields: vec![name], ..role(Scope::All, Right::Write) }]);
        assert!(!narrow.cover(&role(Scope::Own, Right::Masked), Catalogue::built()));
    }

    #[test]
    fn a_role_reaches_elsewhere_what_it_does_not_reach_here() {
        let (here, below, elsewhere) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        let viewer = |scope| Viewer {
            user_id: Uuid::from_u128(9),
            session_id: Uuid::from_u128(9),
            department_id: Some(here),
            departments: vec![here, below],
            rights: Rights::of(vec![role(scope, Right::Write)]),
            today: NaiveDate::default(),
            utc_offset: 0,
        };
        let covered = |mine, theirs, place| viewer(mine).covers(&role(theirs, Right::Write), place, Catalogue::built());
        for (mine, theirs, expected) in [
            (Scope::Department, Scope::Department, [true, true, false, true]),
            (Scope::Department, Scope::Team, [true, true, false, true]),
            (Scope::Department, Scope::Own, [true, true, true, true]),
            (Scope::Department, Scope::All, [false, false, false, false]),
            (Scope::Team, Scope::Team, [true, false, false, true]),
            (Scope::Own, Scope::Own, [true, true, true, true]),
            (Scope::All, Scope::Department, [true, true, true, true]),
        ] {
            let found = [Some(here), Some(below), Some(elsewhere), None].map(|place| covered(mine, theirs, place));
            assert_eq!(found, expected, "{mine:?} gives {theirs:?}");
        }
    }

    #[test]
    fn names_that_nobody_knows_and_lines_given_twice_are_faults() {
        let mut rights = role(Scope::Own, Right::Read);
        assert_eq!(rights.faults(Catalogue::built()), vec![]);
        rights.grants.extend(rights.grants.clone());
        rights.grants.push(Grant { resource: "planets".into(), action: Action::Read, scope: Scope::Own });
        rights.fields.push(FieldRight { resource: "customers".into(), field: "mass".into(), right: Right::Read });
        let faults: Vec<_> =
            rights.faults(Catalogue::built()).into_iter().map(|fault| (fault.pointer, fault.code)).collect();
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
