//! Builds the browser client into `frontend/dist/`: compiled, shrunk, hashed and compressed ahead of time.
//!
//! Everything but `index.html` carries its content hash in its name, so the server may call it immutable
//! and a rebuild touches only what really changed.

mod bind;
mod bundle;
mod dist;
mod names;
mod optimise;
mod split;
mod wasm;

use std::path::Path;

use anyhow::{Context, Result};

use self::dist::Dist;
use crate::shell;

/// How to build the client.
#[derive(Clone, Copy, clap::Args)]
pub struct Options {
    /// Compile with the dev profile and skip shrinking and compressing: seconds instead of minutes.
    #[arg(long)]
    pub dev: bool,
    /// With the page that shows every component; `--dev` has it anyway.
    #[arg(long)]
    pub gallery: bool,
}

/// The languages of the client: name on the wire, folder of the help articles.
const LANGUAGES: [(&str, &str); 2] = [("zh-CN", "zh"), ("en", "en")];

/// Build the client; does nothing slow when nothing changed.
pub fn build(options: Options) -> Result<()> {
    let root = shell::workspace();
    let frontend = root.join("frontend");
    let mut dist = Dist::open(frontend.join("dist"), !options.dev)?;

    // Found now, and not after minutes of compiling: a word that stands in both catalogues.
    let mut words = Vec::new();
    for (language, _) in LANGUAGES {
        words.push(bundle::messages(&root, language)?);
    }

    let compiled = wasm::compile(options)?;
    let wasm = dist.add("app", "wasm", &compiled.wasm)?;
    let mut glue = compiled.glue;
    for (name, part) in &compiled.parts {
        let address = dist.add(name, "wasm", part)?;
        glue = glue.replace(&format!("./{name}.wasm"), &address);
    }
    let glue = dist.add("app", "js", glue.as_bytes())?;
    let boot = dist.add("boot", "js", &read(&frontend.join("boot.js"))?)?;
    let styles = dist.add("styles", "css", bundle::styles(&frontend.join("styles"))?.as_bytes())?;
    let icons = dist.add("icons", "svg", bundle::sprite(&frontend.join("icons"))?.as_bytes())?;
    let favicon = dist.add("favicon", "svg", &read(&frontend.join("favicon.svg"))?)?;

    let mut metas = format!("<meta name=\"asset:icons\" content=\"{icons}\">");
    for ((language, folder), words) in LANGUAGES.into_iter().zip(words) {
        let words = dist.add(&format!("messages-{language}"), "json", words.as_bytes())?;
        let help = bundle::help(&frontend.join("help").join(folder))?;
        let help = dist.add(&format!("help-{language}"), "json", help.as_bytes())?;
        metas.push_str(&format!(
            "\n    <meta name=\"asset:messages-{language}\" content=\"{words}\">\n    \
             <meta name=\"asset:help-{language}\" content=\"{help}\">"
        ));
    }

    let page = String::from_utf8(read(&frontend.join("index.html"))?)
        .context("index.html is not UTF-8")?
        .replace("{{wasm}}", &wasm)
        .replace("{{glue}}", &glue)
        .replace("{{boot}}", &boot)
        .replace("{{styles}}", &styles)
        .replace("{{favicon}}", &favicon)
        .replace("{{assets}}", &metas);
    dist.finish(&page)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}
