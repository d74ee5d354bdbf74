//! The executable from outside. One program for all of it, because linking costs more than running.

mod cluster;
mod house;
mod process;
mod readme;
mod stage;
