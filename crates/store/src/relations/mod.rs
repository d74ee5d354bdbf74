//! Customers, contacts and what was spoken with them, in their tables.

mod contact_records;
mod contacts;
mod customer_types;
mod customers;
mod duplicate_rules;
mod leads;
mod tags;
