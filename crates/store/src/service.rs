//! What customers ask for, in its tables.

use domain::service::{ServiceRequest, Ticket};
use schema::{service_requests, tickets};

use crate::table::prelude::*;

impl Stored for ServiceRequest {
    stored_in!(service_requests);
}

impl Stored for Ticket {
    stored_in!(tickets);
}
