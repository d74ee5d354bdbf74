//! Cutting off what is fetched later: a module for each file that a `lazy!` of the client names, and modules for what
//! several of these share.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};
use wasm_split_cli_support::{Options, transform};

/// What the linker must leave in for the cut.
pub const LINKED_WITH: &str = "-Clink-args=--emit-relocs";

/// By which the glue knows the loader.
pub const LOADER: &str = "./loader.js";

pub struct Split {
    /// What is fetched first.
    pub main: PathBuf,
    /// The code that fetches the others, as a module of its own.
    pub loader: String,
    pub parts: Vec<(String, Vec<u8>)>,
}

pub fn split(raw: &[u8], folder: &Path) -> Result<Split> {
    let main = folder.join("main.wasm");
    let mut options = Options::new(raw);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.link_name = LOADER;
    let done = transform(options).map_err(|why| anyhow!("{why:#}"))?;
    let loader = fs::read_to_string(folder.join(LOADER))?;
    let mut parts = Vec::new();
    for path in done.split_modules {
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        // One into which nothing fell is written, but not fetched.
        if loader.contains(&format!("./{name}.wasm")) {
            parts.push((name, fs::read(&path)?));
        }
        fs::remove_file(path)?;
    }
    fs::remove_file(folder.join(LOADER))?;
    Ok(Split { main, loader, parts })
}
