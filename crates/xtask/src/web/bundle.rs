//! The parts of the client that are not code: styles, icons, words and help articles, each made one file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use pinyin::ToPinyinMulti;
use serde_json::{Map, Value, json};

/// Cascade layers, weakest first: a file or a folder of that name fills each.
const LAYERS: [&str; 5] = ["reset", "tokens", "base", "components", "utilities"];

/// All style sheets in layer order; each file is wrapped in the layer that its name or folder says.
pub fn styles(folder: &Path) -> Result<String> {
    let mut all = format!("@layer {};\n", LAYERS.join(","));
    for layer in LAYERS {
        let file = folder.join(format!("{layer}.css"));
        let files = if file.exists() { vec![file] } else { files_in(&folder.join(layer), "css")? };
        for file in files {
            let text = fs::read_to_string(&file)?;
            all.push_str(&format!("@layer {layer}{{{}}}\n", squeeze(&text)));
        }
    }
    Ok(all)
}

/// One SVG sprite: a `<symbol>` for each icon file, named by the file.
pub fn sprite(folder: &Path) -> Result<String> {
    let mut symbols = String::from("<svg xmlns=\"http://www.w3.org/2000/svg\">\n");
    for file in files_in(folder, "svg")? {
        let text = fs::read_to_string(&file)?;
        let start = text.find('>').context("icon without <svg>")? + 1;
        let end = text.rfind("</svg>").context("icon without </svg>")?;
        let body: String = text[start..end].lines().map(str::trim).collect();
        symbols.push_str(&format!("<symbol id=\"{}\" viewBox=\"0 0 24 24\">{body}</symbol>\n", stem(&file)));
    }
    symbols.push_str("</svg>\n");
    Ok(symbols)
}

/// The catalogue of one language: the words the domain owns and the words of the screens.
pub fn messages(root: &Path, language: &str) -> Result<String> {
    let mut all = Map::new();
    for owner in ["crates/domain/messages", "frontend/messages"] {
        let path = root.join(owner).join(format!("{language}.json"));
        if !path.exists() {
            continue;
        }
        let words: Map<String, Value> = serde_json::from_str(&fs::read_to_string(&path)?)
            .with_context(|| format!("{} is not a flat JSON object", path.display()))?;
        for (key, text) in words {
            ensure!(all.insert(key.clone(), text).is_none(), "message {key} stands in both catalogues");
        }
    }
    let readings = readings(all.values().filter_map(Value::as_str));
    if !readings.is_empty() {
        all.insert(READINGS.to_owned(), readings.into());
    }
    Ok(serde_json::to_string(&all)?)
}

/// The entry of a catalogue that tells how its characters are read.
const READINGS: &str = "readings";
/// Longer texts are sentences, which nobody looks for.
const LABEL: usize = 12;

/// How the characters of short texts are read: `部bu 长zhang,chang`. With it the client finds its own words by pinyin.
fn readings<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let labels = texts.filter(|text| text.chars().count() <= LABEL);
    let characters: BTreeSet<char> = labels.flat_map(str::chars).collect();
    let read = characters.into_iter().filter_map(|c| {
        let readings = c.to_pinyin_multi()?.into_iter().map(|reading| reading.plain().replace('ü', "v"));
        let mut each: Vec<String> = Vec::new();
        readings.for_each(|reading| {
            if !each.contains(&reading) {
                each.push(reading)
            }
        });
        Some(format!("{c}{}", each.join(",")))
    });
    read.collect::<Vec<_>>().join(" ")
}

/// The help articles of one language: name, title (the first heading) and text.
pub fn help(folder: &Path) -> Result<String> {
    let mut articles = BTreeMap::new();
    for file in files_in(folder, "md")? {
        let text = fs::read_to_string(&file)?;
        let title = text
            .lines()
            .find_map(|line| line.strip_prefix("# "))
            .with_context(|| format!("{} has no heading", file.display()))?
            .to_owned();
        articles.insert(stem(&file), json!({ "title": title, "text": text }));
    }
    Ok(serde_json::to_string(&articles)?)
}

/// Drop comments and indentation; what is left compresses as well as any minifier's output.
fn squeeze(css: &str) -> String {
    let mut rest = css;
    let mut bare = String::with_capacity(css.len());
    while let Some(start) = rest.find("/*") {
        bare.push_str(&rest[..start]);
        // A licence notice (`/*!`) must travel with the copy.
        let end = rest[start..].find("*/").map_or(rest.len(), |n| start + n + 2);
        if rest[start..].starts_with("/*!") {
            bare.push_str(&rest[start..end]);
        }
        rest = &rest[end..];
    }
    bare.push_str(rest);
    let lines: Vec<&str> = bare.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join("\n").replace(" {", "{").replace(": ", ":")
}

fn files_in(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    files.retain(|path| path.extension().is_some_and(|found| found == extension));
    files.sort();
    Ok(files)
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{readings, squeeze};

    #[test]
    fn the_characters_of_short_words_are_read_in_all_their_ways() {
        let texts = ["部长", "Help", "这是一句没有人会去寻找的很长的话"];
        let read = readings(texts.into_iter());
        let of = |c: char| read.split(' ').find(|entry| entry.starts_with(c)).map(|entry| entry.trim_start_matches(c));
        assert!(of('部').is_some_and(|readings| readings.split(',').any(|one| one == "bu")));
        assert!(["zhang", "chang"].iter().all(|one| of('长').is_some_and(|readings| readings.contains(one))));
        assert_eq!(of('寻'), None, "a sentence");
        assert_eq!(readings(["Save"].into_iter()), "");
    }

    #[test]
    fn comments_and_indentation_go_licences_stay() {
        let css = "/* why */\n.a {\n  color: red;\n}\n/*! MIT */\n";
        assert_eq!(squeeze(css), ".a{\ncolor:red;\n}\n/*! MIT */");
    }
}
