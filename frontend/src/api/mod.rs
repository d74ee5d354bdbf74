//! Everything that leaves the browser. No other module speaks to the network.

pub mod assets;
