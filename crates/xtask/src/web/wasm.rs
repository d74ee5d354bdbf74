//! The client's code: cargo, then wasm-bindgen, then (when node is there) wasm-opt.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use wasm_bindgen_cli_support::Bindgen;

use super::dist::short_hash;
use crate::{shell, wasm_target};

const BINARYEN: &str = "132.0.0";

/// What makes the module small once it is compressed: like functions joined, no function copied into its only caller
/// (that breaks up what compression finds alike), and no hints about alignment, which engines ignore and which cost
/// compression 8 kB.
const PASSES: [&str; 4] = ["-Oz", "--merge-similar-functions", "--dealign", "--one-caller-inline-max-function-size=0"];

/// The two files a browser needs to start the client.
pub struct Compiled {
    pub wasm: Vec<u8>,
    pub glue: String,
}

/// Compile the client. The steps behind cargo are skipped when cargo made the same bytes as before.
pub fn compile(dev: bool) -> Result<Compiled> {
    let target = shell::target_dir()?;
    let raw_path = cargo_build(&target, dev)?;
    let raw = fs::read(&raw_path).with_context(|| format!("cannot read {}", raw_path.display()))?;
    let optimiser = if dev { None } else { find_optimiser(&target) };

    let flavour = if optimiser.is_some() { "slim" } else { "bare" };
    let cache = target.join("web").join(format!("{}-{flavour}", short_hash(&raw)));
    let (wasm_path, glue_path) = (cache.join("app.wasm"), cache.join("app.js"));
    if !glue_path.exists() {
        fs::create_dir_all(&cache)?;
        let (mut wasm, glue) = bind(&raw_path)?;
        if let Some(optimiser) = optimiser {
            match optimise(&optimiser, &wasm, &cache) {
                Ok(smaller) => wasm = smaller,
                Err(why) => shell::say(&format!("wasm-opt did not help, going on without it: {why:#}")),
            }
        }
        fs::write(&wasm_path, wasm)?;
        // The glue is written last: its presence says that the pair is complete.
        fs::write(&glue_path, glue)?;
    }
    Ok(Compiled { wasm: fs::read(wasm_path)?, glue: fs::read_to_string(glue_path)? })
}

fn cargo_build(target: &Path, dev: bool) -> Result<PathBuf> {
    let profile = if dev { "dev" } else { "wasm-release" };
    let mut cargo = wasm_target::ensure()?.cargo("build");
    cargo.args(["--package", "frontend", "--profile", profile]);
    shell::step("Compiling the client", &mut cargo)?;
    let folder = if dev { "debug" } else { profile };
    Ok(target.join("wasm32-unknown-unknown").join(folder).join("frontend.wasm"))
}

fn bind(raw: &Path) -> Result<(Vec<u8>, String)> {
    let mut output = Bindgen::new()
        .input_path(raw)
        .out_name("app")
        .web(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .omit_default_module_path(true)
        .generate_output()?;
    let mut glue = output.js().to_owned();
    let module = output.wasm_mut();
    // What the framework would need to stream to a server of its own is exported, and so survives every optimiser.
    let streams = |name: &str| name.contains("intounderlying");
    let unused: Vec<_> =
        module.exports.iter().filter(|export| streams(&export.name)).map(|export| export.id()).collect();
    unused.into_iter().for_each(|export| module.exports.delete(export));
    let imports = module.imports.iter_mut().map(|import| &mut import.name);
    let exports = module.exports.iter_mut().map(|export| &mut export.name);
    shorten(imports.chain(exports), &mut glue);
    Ok((module.emit_wasm(), without_comments(&glue)))
}

/// Names that both sides know each other by carry a hash, which no compression makes smaller; a number does as well.
fn shorten<'a>(names: impl Iterator<Item = &'a mut String>, glue: &mut String) {
    let mut hashed: Vec<&mut String> = names.filter(|name| is_hashed(name)).collect();
    // A name may begin with another one.
    hashed.sort_by_key(|name| usize::MAX - name.len());
    for (number, name) in hashed.into_iter().enumerate() {
        let short = format!("_{number}_");
        *glue = glue.replace(name.as_str(), &short);
        *name = short;
    }
}

/// Whether a name has a part of sixteen hexadecimal digits.
fn is_hashed(name: &str) -> bool {
    let hex = |part: &str| part.len() == 16 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    name.split('_').any(|part| hex(part) || part.strip_prefix('h').is_some_and(hex))
}

/// The glue without indentation and the remarks that are meant for editors.
fn without_comments(glue: &str) -> String {
    let lines = glue.lines().map(str::trim);
    let code = lines.filter(|line| !line.is_empty() && !line.starts_with("/**") && !line.starts_with('*'));
    code.collect::<Vec<_>>().join("\n") + "\n"
}

/// The wasm-opt of npm's binaryen, installed once into the target folder; `None` when there is no node.
fn find_optimiser(target: &Path) -> Option<PathBuf> {
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
fn optimise(tool: &Path, wasm: &[u8], cache: &Path) -> Result<Vec<u8>> {
    let (before, after) = (cache.join("before.wasm"), cache.join("after.wasm"));
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

#[cfg(test)]
mod tests {
    use super::{shorten, without_comments};

    #[test]
    fn hashed_names_are_shortened_on_both_sides() {
        let mut names = ["_h0123456789abcdef".to_owned(), "_h0123456789abcdef_13".to_owned(), "memory".to_owned()];
        let mut glue = "wasm._h0123456789abcdef_13(wasm.memory, _h0123456789abcdef)".to_owned();
        shorten(names.iter_mut(), &mut glue);
        assert_eq!(glue, "wasm._0_(wasm.memory, _1_)");
        assert_eq!(names, ["_1_", "_0_", "memory"]);
    }

    #[test]
    fn remarks_go_and_code_stays() {
        assert_eq!(without_comments("/**\n * @returns\n */\n    a = 1;\n"), "a = 1;\n");
    }
}
