//! Work in the background: the workers of this process, the kinds of work, and the jobs over HTTP.

mod context;
mod kinds;
mod renewal;
pub mod reseal;
pub mod routes;
mod workers;

pub use context::{Context, End};
pub use kinds::{BULK, EXPORT, IMPORT, RESEAL, UNDO};
pub use workers::Workers;
