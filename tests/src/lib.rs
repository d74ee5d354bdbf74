//! What tests need to see the application from outside: a PostgreSQL for the whole run, and for each test a database
//! of its own with the real server in front of it. Everything runs in parallel.

mod actor;
mod answer;
mod app;
mod eventually;
mod phone;
pub mod population;
mod postgres;

pub use actor::{Actor, PASSWORD, cookie_of};
pub use answer::Answer;
pub use app::App;
pub use eventually::eventually;
pub use phone::{Phone, in_the_middle_of_a_step};
pub use postgres::Database;

/// The word for why something was refused: the code of its first fault, or else its own. Nothing if it was done.
pub fn fault_of<T>(outcome: &store::Result<T>) -> Option<String> {
    match outcome {
        Ok(_) => None,
        Err(store::Error::Refused(error)) => {
            Some(error.faults.first().map_or(error.code.word(), |fault| &fault.code).to_owned())
        }
        Err(error) => panic!("failed: {error}"),
    }
}
