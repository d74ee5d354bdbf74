//! `zhiyin openapi`: the document that this executable serves.

use std::process::ExitCode;

use anyhow::Result;

pub fn run() -> Result<ExitCode> {
    println!("{}", serde_json::to_string_pretty(&api::openapi::document())?);
    Ok(ExitCode::SUCCESS)
}
