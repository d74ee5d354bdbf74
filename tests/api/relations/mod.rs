//! What only customers and what belongs to them have.

mod tags;
