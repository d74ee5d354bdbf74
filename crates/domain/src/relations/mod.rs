//! Customers, the people in them, and what was spoken with them.

pub mod contact_records;
pub mod contacts;
pub mod customer_types;
pub mod customers;
pub mod duplicate_rules;
pub mod leads;
pub mod tags;

pub use contact_records::{ContactRecord, ContactRecordId};
pub use contacts::{Contact, ContactId};
pub use customer_types::{CustomerType, CustomerTypeId};
pub use customers::{Customer, CustomerId};
pub use duplicate_rules::{DuplicateRule, DuplicateRuleId};
pub use leads::{Lead, LeadId};
pub use tags::{Tag, TagId};
