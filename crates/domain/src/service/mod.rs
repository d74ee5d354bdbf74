//! What customers ask for, and how it is answered.

pub mod service_requests;
pub mod tickets;

pub use service_requests::{ServiceRequest, ServiceRequestId};
pub use tickets::{Ticket, TicketId};
