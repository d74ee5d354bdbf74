//! All resources, in the order in which menu, roles page and OpenAPI show them.

use crate::platform::{Department, Role, User};
use crate::relations::{Contact, Customer, CustomerType};
use crate::resource::{Definition, Resource};

pub const CATALOGUE: &[Definition] = &[
    // relations
    Definition::of::<Customer>(),
    Definition::of::<Contact>(),
    Definition::of::<CustomerType>(),
    // platform
    Definition::of::<User>(),
    Definition::of::<Department>(),
    Definition::of::<Role>(),
];

pub fn find(name: &str) -> Option<&'static Definition> {
    CATALOGUE.iter().find(|resource| resource.name == name)
}

/// The definition of a resource whose type is known.
pub const fn definition<R: Resource>() -> Definition {
    Definition::of::<R>()
}
