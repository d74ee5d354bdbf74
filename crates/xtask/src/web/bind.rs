//! The glue between the browser and the program, in one file with what fetches its later parts.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use super::names::{shorten, without_comments};
use super::split::LOADER;

/// The first module, and the glue for all.
pub fn bind(module: &Path, loader: &str) -> Result<(Vec<u8>, String)> {
    let mut output = Bindgen::new()
        .input_path(module)
        .out_name("app")
        .web(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .omit_default_module_path(true)
        // The later parts use what the linker has exported, and find it by the names it was given.
        .keep_lld_exports(true)
        .demangle(false)
        .generate_output()?;
    let mut glue = with_loader(output.js(), loader)?;
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

/// The loader and the glue import each other, so neither could be named by its content: they become one file. The glue
/// has an import for each function that it takes from the loader.
fn with_loader(glue: &str, loader: &str) -> Result<String> {
    let (first, code) = loader.split_once('\n').context("the loader is empty")?;
    ensure!(first.starts_with("import { initSync }"), "the loader begins with {first}");
    let exported = code.lines().filter_map(|line| line.strip_prefix("export const ")?.split_whitespace().next());
    let object = format!("const loader = {{ {} }};", exported.collect::<Vec<_>>().join(", "));
    let is_import = |line: &&str| line.starts_with("import ") && line.contains(LOADER);
    let imports = glue.lines().filter(is_import).filter_map(|line| line.split_whitespace().nth(3));
    let imports: String = imports.map(|name| format!("const {name} = loader;\n")).collect();
    let rest: Vec<&str> = glue.lines().filter(|line| !is_import(line)).collect();
    Ok(format!("{}\n{object}\n{imports}{}\n", code.replace("export const ", "const "), rest.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::with_loader;

    #[test]
    fn glue_and_loader_become_one_file() {
        let loader = "import { initSync } from \"./main.js\";\nexport const help = 1;\nexport const me = 2;\n";
        let glue = "import * as import1 from \"./loader.js\"\nimport * as import2 from \"./loader.js\"\nuse(import1, import2);\n";
        let joined = with_loader(glue, loader).expect("one file");
        let expected = "const help = 1;\nconst me = 2;\n\nconst loader = { help, me };\nconst import1 = loader;\nconst import2 = loader;\nuse(import1, import2);\n";
        assert_eq!(joined, expected);
    }

    #[test]
    fn a_loader_of_another_make_is_not_taken_for_one() {
        assert!(with_loader("let a;\n", "let b;\n").is_err());
    }
}
