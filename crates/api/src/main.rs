//! The `zhiyin` executable.

mod commands;

use std::process::ExitCode;

use clap::Parser;

/// Answers are many small pieces of text, made on one thread and freed on another; the allocator of the C library keeps
/// them apart less well.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
