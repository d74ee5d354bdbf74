//! Customers and the people in them.

pub mod contacts;
pub mod customer_types;
pub mod customers;

pub use contacts::{Contact, ContactId};
pub use customer_types::{CustomerType, CustomerTypeId};
pub use customers::{Customer, CustomerId};
