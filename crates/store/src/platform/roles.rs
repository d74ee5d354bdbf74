//! Roles.

use domain::platform::Role;
use schema::roles;

use crate::table::prelude::*;

impl Stored for Role {
    stored_in!(roles);
}
