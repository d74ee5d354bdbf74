//! `zhiyin postgres`: where is PostgreSQL? Scripts read the folder from standard output.

use std::process::ExitCode;

use anyhow::Result;
use api::cluster::install_hint;
use api::config::Config;
use api::database;

/// Prints the folder of the programs; without any, the one command that installs them, and ends with 2.
pub fn run(config: &Config) -> Result<ExitCode> {
    match database::search(config).find(None) {
        Ok(found) => {
            println!("{}", found.folder.display());
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            eprintln!("{error:#}. Install it with:\n{}", install_hint());
            Ok(ExitCode::from(2))
        }
    }
}
