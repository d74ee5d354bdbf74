//! Reasons that people give, on their way into the change log and out of it: they may tell of anybody, so they are sealed.
//!
//! One reason goes into every entry that a transaction makes, whatever these are about; so its seal names who gave it. What
//! the house does of its own accord has reasons of the house, which are in the source.

use uuid::Uuid;

use crate::error::Result;
use crate::keys::{KeyRing, Place, is_seal};

pub(crate) fn seal(keys: &KeyRing, actor: Option<Uuid>, reason: &str) -> Result<String> {
    match actor {
        Some(actor) if !reason.is_empty() => keys.seal(&place(actor), reason),
        _ => Ok(reason.to_owned()),
    }
}

/// The reason of an entry; nothing if it cannot be opened. One of before reasons were sealed is told as it stands.
pub(crate) fn open(keys: &KeyRing, actor: Option<Uuid>, kept: Option<String>) -> Option<String> {
    let kept = kept?;
    if !is_seal(&kept) {
        return Some(kept);
    }
    keys.open_sealed(&place(actor?), &kept)
        .inspect_err(|error| tracing::error!(%error, "a reason cannot be opened"))
        .ok()
}

fn place(actor: Uuid) -> Place<'static> {
    Place::new("changes", "reason", actor)
}
