//! Rules of the house that no compiler checks.

use std::fs;
use std::path::Path;

/// Settings that are read in many places are documented in none of them.
#[test]
fn nothing_but_the_configuration_reads_the_environment() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut seen = 0;
    for source in ["schema/src", "domain/src", "store/src", "api/src"] {
        each_file(&crates.join(source), &mut |path, text| {
            seen += 1;
            let reads = ["env::var", "env::vars", "(env"].iter().any(|word| text.contains(word));
            assert!(!reads || path.ends_with("api/src/config.rs"), "{} reads the environment", path.display());
        });
    }
    assert!(seen > 20, "only {seen} files were looked at");
}

fn each_file(folder: &Path, look: &mut impl FnMut(&Path, &str)) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            each_file(&path, look);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            look(&path, &fs::read_to_string(&path).expect("readable"));
        }
    }
}
