//! Builds the browser client.

use anyhow::Result;

use crate::{shell, wasm_target};

#[derive(clap::Args)]
pub struct Options {
    /// Quick build for daily work: not optimised for size.
    #[arg(long)]
    pub dev: bool,
}

/// Compiles the client for the browser.
pub fn build(options: Options) -> Result<()> {
    let mut cargo = wasm_target::ensure()?.cargo("build");
    cargo.args(["--package", "frontend"]);
    if !options.dev {
        cargo.args(["--profile", "wasm-release"]);
    }
    shell::step("Building the client", &mut cargo)
}
