//! Permissions: an action on a resource, and over which rows it reaches.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::catalogue;
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
    pub fn names(&self) -> Option<&'static Field> {
        catalogue::find(&self.resource)?.field(&self.field).filter(|field| field.is_governed())
    }
}
