//! `zhiyin postgres`: where is PostgreSQL? Scripts read the answer from standard output.

use std::process::ExitCode;

use anyhow::Result;
use api::cluster::{Scratch, install_hint};
use api::config::Config;
use api::database;
use clap::Args;

#[derive(Args)]
#[group(multiple = false)]
pub struct Options {
    /// Say instead in which folder fetched programs belong, one folder a version.
    #[arg(long)]
    cache: bool,
    /// Run an empty throwaway server for tests, say where it is, and end with the standard input.
    #[arg(long)]
    scratch: bool,
}

/// Prints the folder of the programs; without any, the one command that installs them, and ends with 2.
pub async fn run(config: &Config, options: &Options) -> Result<ExitCode> {
    let search = database::search(config);
    if options.cache {
        println!("{}", config.cache_dir.join("postgres").display());
        return Ok(ExitCode::SUCCESS);
    }
    if options.scratch {
        let scratch = tokio::task::spawn_blocking(|| Scratch::start(search)).await??;
        println!("{}", scratch.url());
        wait_for_end().await;
        return Ok(ExitCode::SUCCESS);
    }
    match search.find(None) {
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

/// Until whoever started us closes our input, or somebody presses Ctrl-C.
async fn wait_for_end() {
    let (ended, end) = tokio::sync::oneshot::channel();
    // A thread of its own, because a blocked read would keep the runtime from ending.
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        ended.send(())
    });
    tokio::select! {
        _ = end => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
