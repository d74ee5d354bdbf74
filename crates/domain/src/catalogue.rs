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

/// Does something with the type of the resource that has a name, and something else if there is no such resource:
/// `with_resource!(name, R => delete::<R>(tx).await, else Err(unknown))`. Its types are those of [`CATALOGUE`].
#[macro_export]
macro_rules! with_resource {
    ($name:expr, $resource:ident => $work:expr, else $otherwise:expr) => {
        $crate::with_resource!(@of $name, $resource => $work, else $otherwise,
            relations::Customer, relations::Contact, relations::CustomerType,
            platform::User, platform::Department, platform::Role)
    };
    (@of $name:expr, $resource:ident => $work:expr, else $otherwise:expr, $($area:ident :: $type:ident),*) => {
        match $name {
            $(<$crate::$area::$type as $crate::resource::Resource>::NAME => {
                type $resource = $crate::$area::$type;
                $work
            })*
            _ => $otherwise,
        }
    };
}

pub fn find(name: &str) -> Option<&'static Definition> {
    CATALOGUE.iter().find(|resource| resource.name == name)
}

/// The definition of a resource whose type is known.
pub const fn definition<R: Resource>() -> Definition {
    Definition::of::<R>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_resource_of_the_catalogue_is_known_by_its_type() {
        for resource in CATALOGUE {
            let name = with_resource!(resource.name, R => R::NAME, else "unknown");
            assert_eq!(name, resource.name);
        }
        assert_eq!(with_resource!("dragons", R => R::NAME, else "unknown"), "unknown");
    }
}
