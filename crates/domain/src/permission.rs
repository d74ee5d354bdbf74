//! Permissions: an action on a resource, and over which rows it reaches.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::catalogue::Catalogue;
use crate::field::Field;
use crate::resource::Area;

crate::choice! {
    /// What a role may let people do with a resource.
    pub enum Action {
        Read = "read",
        Create = "create",
        Update = "update",
        Delete = "delete",
        Assign = "assign",
        Import = "import",
        Export = "export",
        /// See a masked value in the clear, with a reason that is kept.
        Reveal = "reveal",
        /// Put records together that are one; with it one may also write a record that is like another.
        Merge = "merge",
    }
}

crate::choice! {
    /// The rows a grant reaches, from narrow to wide.
    pub enum Scope {
        Own = "own",
        Team = "team",
        /// The caller's department and all below it.
        Department = "department",
        All = "all",
    }
}

impl Scope {
    pub const ALL: &'static [Self] = &[Self::Own, Self::Team, Self::Department, Self::All];
}

crate::choice! {
    /// What a person may do with one field, from nothing to everything.
    pub enum Right {
        None = "none",
        Masked = "masked",
        Read = "read",
        Write = "write",
    }
}

/// An action on a resource, written `customers.read`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Permission {
    pub resource: &'static str,
    pub action: Action,
}

impl Permission {
    pub const fn new(resource: &'static str, action: Action) -> Self {
        Self { resource, action }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.resource, self.action.word())
    }
}

/// A part of the house that is no collection of records, such as its keys. It has neither rows nor fields, so whoever is
/// granted an action on it has all of it.
#[derive(Clone, Copy, Debug)]
pub struct Facility {
    pub name: &'static str,
    pub area: Area,
    pub actions: &'static [Action],
}

/// What decides who may do what with the records of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Governed {
    /// Roles grant it.
    ByRoles,
    /// The rights to the record that each of them is about, see [`crate::references::Link`]: who does not see that one
    /// does not see what is said of it. An action is allowed by any of its lines.
    BySubject(&'static [Allowed]),
    /// Each is its owner's and nobody else's, whatever roles grant.
    ByOwner,
}

/// An action that comes with another one on the record spoken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowed {
    pub action: Action,
    /// What one must be allowed to do with the record spoken of.
    pub needs: Action,
    /// Whether one may do it only to what one made oneself.
    pub own: bool,
}

impl Allowed {
    pub const fn new(action: Action, needs: Action) -> Self {
        Self { action, needs, own: false }
    }

    pub const fn own(self) -> Self {
        Self { own: true, ..self }
    }
}

/// One line of a role: this action on this resource, over these rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "store", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Grant {
    pub resource: String,
    pub action: Action,
    pub scope: Scope,
}

/// A role's right to one field, where it differs from the role's rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "store", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FieldRight {
    pub resource: String,
    pub field: String,
    pub right: Right,
}

impl FieldRight {
    /// The field, if there is one that a role can open and close.
    pub fn names(&self, catalogue: &'static Catalogue) -> Option<&'static Field> {
        let of = catalogue.find(&self.resource).filter(|of| of.governed == Governed::ByRoles)?;
        of.field(&self.field).filter(|field| field.is_governed())
    }
}
