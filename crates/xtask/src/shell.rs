//! Running other programs: every long step says what it does, how long it took, and what failed.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// The folder of the workspace, wherever the task was started from. Cargo says it to what it runs; the place where this
/// program was compiled may be another clone that shares its target folder.
pub fn workspace() -> PathBuf {
    let compiled = || env!("CARGO_MANIFEST_DIR").into();
    let here = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(compiled, PathBuf::from);
    here.ancestors().nth(2).unwrap_or(&here).to_path_buf()
}

/// The folder into which cargo builds, which the user may have moved by environment or configuration.
pub fn target_dir() -> Result<PathBuf> {
    let answer = output(cargo().args(["metadata", "--format-version=1", "--no-deps", "--offline"]))?;
    let metadata: serde_json::Value = serde_json::from_str(&answer).context("cargo metadata did not answer in JSON")?;
    let folder = metadata["target_directory"].as_str().context("cargo metadata names no target directory")?;
    Ok(PathBuf::from(folder))
}

/// The cargo that runs this task, started in the workspace.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace());
    command
}

/// Whether a program of this name is on the path.
pub fn has(program: &str) -> bool {
    find(program).is_some()
}

/// Where on the path a program of this name is.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Announces a step, runs it with its own output visible, and says how long it took.
pub fn step(title: &str, command: &mut Command) -> Result<()> {
    say(title);
    let started = Instant::now();
    let status = command.status().with_context(|| format!("cannot start {}", words(command)))?;
    if !status.success() {
        bail!("{title}: `{}` ended with {status}", words(command));
    }
    say(&format!("{title}: done in {:.1} s", started.elapsed().as_secs_f32()));
    Ok(())
}

/// Runs a program quietly and gives back what it wrote to standard output.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot start {}", words(command)))?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` ended with {}: {}", words(command), output.status, reason.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// One line of progress, told apart from the output of the tools by its mark.
pub fn say(text: &str) {
    eprintln!("▸ {text}");
}

fn words(command: &Command) -> String {
    let all = std::iter::once(command.get_program()).chain(command.get_args());
    all.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}
