//! What a customer owes by a document, and how much of it has come in.

use rust_decimal::Decimal;

use crate::money::Currency;
use crate::relations::CustomerId;
use crate::resource::Resource;

/// A document against which money comes in. What has come in is told by receipts alone, whoever else writes it.
pub trait Owed: Resource {
    fn customer(&self) -> CustomerId;

    fn currency(&self) -> Currency;

    /// Whether money may come in for it where it stands.
    fn takes_money(&self) -> bool;

    fn received(&self) -> Decimal;

    /// What is still to come; of what has no amount nobody knows.
    fn open(&self) -> Option<Decimal>;

    /// Says anew how much has come in, and works out what follows.
    fn receive(&mut self, received: Decimal);
}
