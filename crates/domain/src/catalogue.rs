//! All resources, in the order in which menu, roles page and OpenAPI show them.

use crate::catalog::{Product, ProductCategory};
use crate::permission::{Action, Facility, Governed, Scope};
use crate::platform::{Comment, Department, Notification, Role, Task, User, keys, operations};
use crate::relations::{Contact, ContactRecord, Customer, CustomerType};
use crate::resource::{Area, Definition, Resource};
use crate::sales::{Opportunity, Pipeline, Stage};

/// Names all resources once, as values and as types.
macro_rules! catalogue {
    ($($resource:ty),+ $(,)?) => {
        pub const CATALOGUE: &[Definition] = &[$(Definition::of::<$resource>()),+];

        /// Shows every resource by its type, for what holds of all of them.
        pub fn visit(visitor: &mut impl Visitor) {
            $(visitor.visit::<$resource>();)+
        }
    };
}

/// Who wants to see every resource by its type.
pub trait Visitor {
    fn visit<R: Resource>(&mut self);
}

catalogue! {
    // relations
    Customer,
    Contact,
    ContactRecord,
    CustomerType,
    // sales
    Opportunity,
    Pipeline,
    Stage,
    // catalog
    Product,
    ProductCategory,
    // platform
    Task,
    Comment,
    Notification,
    User,
    Department,
    Role,
}

/// What else roles grant, after the resources.
pub const FACILITIES: &[Facility] = &[keys::FACILITY, operations::FACILITY];

/// Something that roles grant.
pub struct Grantable {
    pub name: &'static str,
    pub area: Area,
    pub actions: Vec<Action>,
    /// How far a grant may reach, from narrow to wide.
    pub scopes: &'static [Scope],
}

/// Everything that roles grant, in the order of the roles page.
pub fn grantable() -> impl Iterator<Item = Grantable> {
    let resources = CATALOGUE.iter().filter(|of| of.governed == Governed::ByRoles).map(|of| Grantable {
        name: of.name,
        area: of.area,
        actions: of.actions().collect(),
        scopes: Scope::ALL,
    });
    let facilities = FACILITIES.iter().map(|of| Grantable {
        name: of.name,
        area: of.area,
        actions: of.actions.to_vec(),
        scopes: &[Scope::All],
    });
    resources.chain(facilities)
}

pub fn find(name: &str) -> Option<&'static Definition> {
    CATALOGUE.iter().find(|resource| resource.name == name)
}

/// The definition of a resource whose type is known.
pub const fn definition<R: Resource>() -> Definition {
    Definition::of::<R>()
}
