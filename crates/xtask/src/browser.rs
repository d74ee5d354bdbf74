//! The stories in tests/browser: Node drives a real Chromium against a real server.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::check::{self, Tally};
use crate::shell;

/// Names under which Chromium goes.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Runs all stories against this executable, which serves the built client.
pub fn test(zhiyin: &Path) -> Result<Tally> {
    let folder = shell::workspace().join("tests/browser");
    for program in ["node", "npm"] {
        if !shell::has(program) {
            bail!("the browser tests need Node 20 or newer (or leave them out with --no-browser)");
        }
    }
    let Some(chromium) = BROWSERS.into_iter().find_map(shell::find) else {
        bail!("the browser tests need Chromium (or leave them out with --no-browser)");
    };
    if !folder.join("node_modules/.package-lock.json").exists() {
        let mut install = Command::new("npm");
        install.args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder);
        shell::step("Installing the browser driver", &mut install)?;
    }
    let mut node = Command::new("node");
    node.args(["--test", "--test-reporter=./support/reporter.js", "stories/"]).current_dir(&folder);
    node.env("ZHIYIN_EXECUTABLE", zhiyin).env("CHROMIUM", chromium);
    check::count("Testing in the browser", &mut node, Tally::of_node)
}
