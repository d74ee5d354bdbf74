//! The API from outside. One program for all of it, because linking costs more than running.

mod contract;
mod process;
mod rights;
