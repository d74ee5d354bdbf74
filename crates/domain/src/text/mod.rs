//! What the house knows about written text: how it is kept and compared, Chinese, and numbers that follow rules.

pub mod codes;
#[cfg(feature = "store")]
pub mod company;
pub mod days;
pub mod fold;
pub mod items;
pub mod phone;
#[cfg(feature = "store")]
pub mod pinyin;
#[cfg(feature = "store")]
mod polyphones;
#[cfg(feature = "store")]
pub mod sought;
pub mod spreadsheet;
#[cfg(feature = "store")]
pub(crate) mod syllables;
#[cfg(feature = "store")]
pub mod tokens;
#[cfg(feature = "store")]
mod words;
