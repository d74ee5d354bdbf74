//! What customers owe, and the money that comes in for it.

pub mod invoices;
pub mod payment_plans;
pub mod payments;
pub mod receivables;

pub use invoices::{Invoice, InvoiceId};
pub use payment_plans::{PaymentPlan, PaymentPlanId};
pub use payments::{Payment, PaymentId};
