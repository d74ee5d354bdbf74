//! Customers and contacts in their tables.

mod contacts;
mod customer_types;
mod customers;
