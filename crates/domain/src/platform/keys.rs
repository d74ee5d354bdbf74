//! The keys of an installation, as administrators know them: never their secrets, but what they are for, where they stand,
//! and who replaced them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::choice;
use crate::permission::{Action, Facility, Permission};
use crate::resource::Area;

const NAME: &str = "keys";

pub const FACILITY: Facility = Facility { name: NAME, area: Area::Platform, actions: &[Action::Read, Action::Update] };
pub const READ: Permission = Permission::new(NAME, Action::Read);
pub const UPDATE: Permission = Permission::new(NAME, Action::Update);

choice! {
    /// What a key is for.
    pub enum Purpose {
        /// Access tokens.
        Sign = "sign",
        /// Personal values.
        Seal = "seal",
        /// The digests by which sealed values are found.
        Blind = "blind",
        /// Page marks and session cookies.
        Cursor = "cursor",
    }
}

impl Purpose {
    /// Every digest in the search index was made with the key for blind indexes, and what the one for page marks signs
    /// is worth nothing beyond its session: those stay.
    pub const fn is_replaced(self) -> bool {
        matches!(self, Purpose::Sign | Purpose::Seal)
    }
}

choice! {
    pub enum KeyState {
        /// Every server is about to learn of it.
        Announced = "announced",
        /// What is new is made with it.
        InUse = "in_use",
        /// What was made with it is still good.
        Kept = "kept",
        Withdrawn = "withdrawn",
    }
}

/// A key, without its secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "store", derive(utoipa::ToSchema))]
pub struct Key {
    /// Its purpose and a number; tokens and sealed values name it.
    #[cfg_attr(feature = "store", schema(example = "sign-2"))]
    pub id: String,
    pub purpose: Purpose,
    pub state: KeyState,
    #[serde(with = "crate::instant")]
    pub created_at: DateTime<Utc>,
    /// Nothing for keys that the system made.
    pub created_by: Option<Uuid>,
    /// Why it was made.
    #[cfg_attr(feature = "store", schema(example = "每季度更换"))]
    pub created_for: Option<String>,
    #[serde(with = "crate::instant::option")]
    pub withdrawn_at: Option<DateTime<Utc>>,
    pub withdrawn_by: Option<Uuid>,
    /// Why it was withdrawn.
    #[cfg_attr(feature = "store", schema(example = "每季度更换"))]
    pub withdrawn_for: Option<String>,
}
