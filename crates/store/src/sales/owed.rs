//! What has come in for a document is told by receipts alone: whoever else writes it, an undo too, leaves it as it is.

use domain::error::{Code, Error, Fault};
use domain::resource::Record;
use domain::sales::owed::Owed;
use rust_decimal::Decimal;

use crate::error::Result;

/// Keeps what has come in, and refuses a document that comes to less in `field`.
pub(crate) fn keep<R: Owed>(before: Option<&Record<R>>, record: &mut Record<R>, field: &'static str) -> Result<()> {
    let received = before.map_or(Decimal::ZERO, |before| before.data.received());
    record.data.receive(received);
    let is_less = |of: &R| of.open().is_some_and(|open| open < Decimal::ZERO);
    match is_less(&record.data) && before.is_none_or(|before| !is_less(&before.data)) {
        true => Err(Error::at(Code::Invalid, Fault::field(field, "less_than_received")).into()),
        false => Ok(()),
    }
}
