//! What the house knows about written Chinese and about numbers that carry a check digit.

pub mod codes;
pub mod phone;
#[cfg(feature = "store")]
pub mod pinyin;
#[cfg(feature = "store")]
mod polyphones;
#[cfg(feature = "store")]
pub(crate) mod syllables;
#[cfg(feature = "store")]
pub mod tokens;
