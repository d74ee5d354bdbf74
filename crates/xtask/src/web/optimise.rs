//! Shrinking modules with the wasm-opt of npm's binaryen, where there is node.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, bail, ensure};

use crate::shell;

const BINARYEN: &str = "132.0.0";

/// What makes a module small once it is compressed: like functions joined, no function copied into its only caller
/// (that breaks up what compression finds alike), and no hints about alignment, which engines ignore and which cost
/// compression 8 kB.
const PASSES: [&str; 4] = ["-Oz", "--merge-similar-functions", "--dealign", "--one-caller-inline-max-function-size=0"];

/// The wasm-opt of npm's binaryen, installed once into the target folder; `None` when there is no node.
pub fn find(target: &Path) -> Option<PathBuf> {
    let home = target.join("web").join(format!("binaryen-{BINARYEN}"));
    let tool = home.join("node_modules/binaryen/bin/wasm-opt");
    if !tool.exists() {
        fs::create_dir_all(&home).ok()?;
        shell::say("Fetching wasm-opt (once)");
        let status = Command::new("npm")
            .current_dir(&home)
            .args(["install", "--no-save", "--no-audit", "--no-fund", "--silent"])
            .arg(format!("binaryen@{BINARYEN}"))
            .stderr(Stdio::null())
            .status();
        if !status.is_ok_and(|status| status.success()) {
            shell::say("No npm or no network: the client will be larger than it could be");
            return None;
        }
    }
    // Before 110 wasm-opt made modules that die at start-up, so the version is asked and not trusted.
    let version = Command::new("node").arg(&tool).arg("--version").output().ok()?;
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let number = version.split(|c: char| !c.is_ascii_digit()).find(|part| !part.is_empty())?;
    (number.parse::<u32>().ok()? >= 110).then_some(tool)
}

/// Shrink the module. No feature flags: the tool reads the features from the module itself, and both
/// listing them and switching all on have produced modules that browsers refuse.
pub fn shrink(tool: &Path, wasm: &[u8], folder: &Path) -> Result<Vec<u8>> {
    let (before, after) = (folder.join("before.wasm"), folder.join("after.wasm"));
    fs::write(&before, wasm)?;
    let status = Command::new("node").arg(tool).args(PASSES).arg(&before).arg("-o").arg(&after).status()?;
    ensure!(status.success(), "wasm-opt failed");
    let check = "WebAssembly.compile(require('fs').readFileSync(process.argv[1])).catch(()=>process.exit(1))";
    let status = Command::new("node").args(["-e", check]).arg(&after).status()?;
    if !status.success() {
        bail!("its output does not load");
    }
    let smaller = fs::read(&after)?;
    fs::remove_file(before)?;
    fs::remove_file(after)?;
    Ok(smaller)
}
