//! What customers owe, and the money that comes in for it.

mod allocation;
mod invoices;
mod payment_plans;
mod payments;
pub mod receivables;
pub mod statements;
