//! The stories in tests/browser: Node drives a real Chromium against a real server.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::check::{self, Tally};
use crate::{node, packages, shell};

const FOLDER: &str = "tests/browser";

/// Names under which Chromium goes.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// What drives the stories.
pub struct Tools {
    pub node: PathBuf,
    pub chromium: PathBuf,
}

/// Installs Node, Chromium and a Chinese font where they are missing.
pub fn ensure() -> Result<Tools> {
    let needed = [
        (shell::has("npm"), "npm", "Node with npm"),
        (find().is_some(), "chromium", "Chromium"),
        (has_chinese_font(), "fonts-wqy-microhei", "a Chinese font, or screenshots show boxes"),
    ];
    let missing: Vec<_> = needed.into_iter().filter(|(there, ..)| !there).collect();
    if !missing.is_empty() && packages::installable() {
        let packages: Vec<_> = missing.iter().map(|(_, package, _)| *package).collect();
        packages::install("Installing what the browser tests need", &packages)?;
    } else if !missing.is_empty() {
        let names: Vec<_> = missing.iter().map(|(.., name)| *name).collect();
        bail!("the browser tests need {} (or leave them out with --no-browser)", names.join("; "));
    }
    let chromium = find().context("Chromium was installed, and is not on the path")?;
    Ok(Tools { node: node::ensure()?, chromium })
}

fn find() -> Option<PathBuf> {
    BROWSERS.into_iter().find_map(shell::find)
}

fn has_chinese_font() -> bool {
    let listed = || shell::output(Command::new("fc-list").arg(":lang=zh"));
    cfg!(target_os = "macos") || listed().is_ok_and(|fonts| !fonts.trim().is_empty())
}

/// Runs all stories against this executable, which serves the built client.
pub fn test(zhiyin: &Path, tools: &Tools) -> Result<Tally> {
    install_driver()?;
    let folder = shell::workspace().join(FOLDER);
    let mut node = Command::new(&tools.node);
    node.args(["--test", "--test-reporter=./support/reporter.js"]).args(stories(&folder)?).current_dir(&folder);
    node.env("ZHIYIN_EXECUTABLE", zhiyin).env("CHROMIUM", &tools.chromium);
    check::count("Testing in the browser", &mut node, Tally::of_node)
}

/// The files of all stories. Versions of Node differ in what they make of a folder, or of a pattern.
fn stories(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = folder.join("stories").read_dir()?.collect::<std::io::Result<Vec<_>>>()?;
    let mut files: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
    files.retain(|file| file.to_string_lossy().ends_with(".test.js"));
    files.sort();
    Ok(files)
}

/// The packages that the stories need, as their lock file names them.
pub fn install_driver() -> Result<()> {
    let folder = shell::workspace().join(FOLDER);
    if !folder.join("node_modules/.package-lock.json").exists() {
        let mut install = Command::new("npm");
        install.args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder);
        shell::step("Installing the browser driver", &mut install)?;
    }
    Ok(())
}
