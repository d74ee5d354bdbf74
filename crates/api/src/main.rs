//! The `zhiyin` executable.

mod commands;

use std::process::ExitCode;

use clap::Parser;

// A multi-thread runtime of our own: migrations need one, and the web server brings its workers anyway.
#[tokio::main]
async fn main() -> ExitCode {
    match commands::Cli::parse().run().await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("zhiyin: {error:#}");
            ExitCode::FAILURE
        }
    }
}
