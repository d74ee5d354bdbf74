//! All resources, in the order in which menu, roles page and OpenAPI show them.

use std::fmt;
use std::sync::OnceLock;

use crate::catalog::{Product, ProductCategory};
use crate::field::Field;
use crate::finance::{Invoice, Payment, PaymentPlan};
use crate::permission::{Action, Facility, Governed, Scope};
use crate::platform::{
    Attachment, Comment, CustomField, Department, Notification, NumberRule, Role, Task, User, keys, operations,
};
use crate::relations::{Contact, ContactRecord, Customer, CustomerType, DuplicateRule, Lead, Tag};
use crate::resource::{Area, Definition, Resource};
use crate::sales::{Contract, Opportunity, Order, Pipeline, Quote, Stage};
use crate::service::{ServiceRequest, Ticket};

/// Names all resources once, as values and as types.
macro_rules! catalogue {
    ($($resource:ty),+ $(,)?) => {
        pub const CATALOGUE: &[Definition] = &[$(Definition::of::<$resource>()),+];

        /// The names of all resources.
        pub const NAMES: &[&str] = &[$(<$resource as Resource>::NAME),+];

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
    Lead,
    Customer,
    Contact,
    ContactRecord,
    CustomerType,
    Tag,
    DuplicateRule,
    // sales
    Opportunity,
    Quote,
    Order,
    Contract,
    Pipeline,
    Stage,
    // catalog
    Product,
    ProductCategory,
    // finance
    Invoice,
    PaymentPlan,
    Payment,
    // service
    ServiceRequest,
    Ticket,
    // platform
    CustomField,
    NumberRule,
    Task,
    Comment,
    Attachment,
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

/// An edition of the catalogue: the resources, with the fields that administrators had given them by then. It never
/// changes and lives for ever; what changes is which one is current. Whoever answers a request keeps to one.
#[derive(Default)]
pub struct Catalogue(OnceLock<Vec<Definition>>);

impl Catalogue {
    /// The program's own resources, before anybody gave them more.
    pub fn built() -> &'static Self {
        static BUILT: Catalogue = Catalogue(OnceLock::new());
        BUILT.0.get_or_init(|| CATALOGUE.to_vec());
        &BUILT
    }

    /// A new edition, in which these fields stand beside the program's own, by the resource that has them.
    pub fn with(made: &[(&str, Field)]) -> &'static Self {
        let edition: &'static Self = Box::leak(Box::default());
        let definition = |of: &Definition| {
            let own = made.iter().filter(|(resource, _)| *resource == of.name).map(|(_, field)| *field);
            Definition { custom: own.collect::<Vec<_>>().leak(), edition: Edition(Some(edition)), ..*of }
        };
        edition.0.get_or_init(|| CATALOGUE.iter().map(definition).collect());
        edition
    }

    pub fn iter(&self) -> impl Iterator<Item = &Definition> {
        self.0.get().into_iter().flatten()
    }

    pub fn find(&self, name: &str) -> Option<&Definition> {
        self.iter().find(|definition| definition.name == name)
    }

    /// The definition of a resource whose type is known.
    pub fn of<R: Resource>(&self) -> &Definition {
        // An edition holds all of them; a test says so.
        self.find(R::NAME).unwrap_or(&CATALOGUE[0])
    }
}

/// Where a definition finds the others of its edition.
#[derive(Clone, Copy)]
pub struct Edition(Option<&'static Catalogue>);

impl Edition {
    pub const BUILT: Self = Self(None);

    pub const fn of(catalogue: &'static Catalogue) -> Self {
        Self(Some(catalogue))
    }

    pub fn catalogue(self) -> &'static Catalogue {
        self.0.unwrap_or_else(Catalogue::built)
    }

    pub fn find(self, name: &str) -> Option<&'static Definition> {
        self.catalogue().find(name)
    }
}

/// Two editions are the same if they are one.
impl PartialEq for Edition {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.catalogue(), other.catalogue())
    }
}

impl fmt::Debug for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Edition" } else { "Built" })
    }
}

pub fn find(name: &str) -> Option<&'static Definition> {
    CATALOGUE.iter().find(|resource| resource.name == name)
}

/// The definition of a resource whose type is known.
pub const fn definition<R: Resource>() -> Definition {
    Definition::of::<R>()
}
