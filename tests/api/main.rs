//! The API from outside. One program for all of it, because linking costs more than running.

mod administrators;
mod attachments;
mod background;
mod comments;
mod contract;
mod damage;
mod duplicates;
mod fairness;
mod fields;
mod follow_ups;
mod house;
mod keys;
mod people;
mod process;
mod quota;
mod relations;
mod rights;
mod roles;
mod sales;
mod second_factor;
mod sessions;
mod setup;
mod sign_in;
mod tasks;
mod timeline;
