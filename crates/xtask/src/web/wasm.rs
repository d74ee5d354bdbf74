//! The client's code: cargo, then the parts that are fetched later cut off, then wasm-bindgen, then (when node is there)
//! wasm-opt.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::dist::short_hash;
use super::{Options, bind, optimise, split};
use crate::{shell, wasm_target};

/// What a browser needs to start the client, and what it fetches later.
pub struct Compiled {
    pub wasm: Vec<u8>,
    /// Names each part as `./NAME.wasm`, which is to become its address.
    pub glue: String,
    pub parts: Vec<(String, Vec<u8>)>,
}

/// The parts of a finished compilation, in the folder that keeps it.
#[derive(Serialize, Deserialize)]
struct Kept {
    glue: String,
    parts: Vec<String>,
}

/// Compile the client. The steps behind cargo are skipped when cargo made the same bytes as before.
pub fn compile(options: Options) -> Result<Compiled> {
    let target = shell::target_dir()?;
    let raw_path = cargo_build(&target, options)?;
    let raw = fs::read(&raw_path).with_context(|| format!("cannot read {}", raw_path.display()))?;
    let optimiser = if options.dev { None } else { optimise::find(&target) };

    let flavour = if optimiser.is_some() { "slim" } else { "bare" };
    let cache = target.join("web").join(format!("{}-{flavour}", short_hash(&raw)));
    if let Some(compiled) = kept(&cache) {
        return Ok(compiled);
    }
    fs::create_dir_all(&cache)?;
    let mut compiled = cut_and_bind(&raw, &cache)?;
    if let Some(optimiser) = optimiser {
        let modules = std::iter::once(&mut compiled.wasm).chain(compiled.parts.iter_mut().map(|(_, module)| module));
        for module in modules {
            match optimise::shrink(&optimiser, module, &cache) {
                Ok(smaller) => *module = smaller,
                Err(why) => shell::say(&format!("wasm-opt did not help, going on without it: {why:#}")),
            }
        }
    }
    keep(&cache, &compiled)?;
    Ok(compiled)
}

fn cargo_build(target: &Path, options: Options) -> Result<PathBuf> {
    let profile = if options.dev { "dev" } else { "wasm-release" };
    // Said behind the dashes it holds for the client alone, and nothing else is compiled anew.
    let mut cargo = wasm_target::ensure()?.cargo("rustc");
    cargo.args(["--package", "frontend", "--bin", "frontend", "--profile", profile]);
    if options.dev || options.gallery {
        cargo.args(["--features", "gallery"]);
    }
    cargo.args(["--", split::LINKED_WITH]);
    shell::step("Compiling the client", &mut cargo)?;
    let folder = if options.dev { "debug" } else { profile };
    Ok(target.join("wasm32-unknown-unknown").join(folder).join("frontend.wasm"))
}

fn cut_and_bind(raw: &[u8], cache: &Path) -> Result<Compiled> {
    let cut = split::split(raw, cache)?;
    let (wasm, glue) = bind::bind(&cut.main, &cut.loader)?;
    fs::remove_file(cut.main)?;
    Ok(Compiled { wasm, glue, parts: cut.parts })
}

/// What an earlier run has left complete.
fn kept(cache: &Path) -> Option<Compiled> {
    let kept: Kept = serde_json::from_slice(&fs::read(cache.join("kept.json")).ok()?).ok()?;
    let module = |name: &str| fs::read(cache.join(format!("{name}.wasm"))).ok();
    let wasm = module("app")?;
    let parts = kept.parts.into_iter().map(|name| module(&name).map(|content| (name, content)));
    Some(Compiled { wasm, parts: parts.collect::<Option<_>>()?, glue: kept.glue })
}

fn keep(cache: &Path, compiled: &Compiled) -> Result<()> {
    fs::write(cache.join("app.wasm"), &compiled.wasm)?;
    for (name, module) in &compiled.parts {
        fs::write(cache.join(format!("{name}.wasm")), module)?;
    }
    let parts = compiled.parts.iter().map(|(name, _)| name.clone()).collect();
    // Written last: its presence says that everything is there.
    fs::write(cache.join("kept.json"), serde_json::to_vec(&Kept { glue: compiled.glue.clone(), parts })?)?;
    Ok(())
}
