//! The executable from outside. One program for all of it, because linking costs more than running.

mod canaries;
mod cluster;
mod copies;
mod demo;
mod faults;
mod house;
mod jobs;
mod northwind;
mod people;
mod process;
mod readme;
mod stage;
