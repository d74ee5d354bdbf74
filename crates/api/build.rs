//! Says where the browser client lies. A release build holds it inside, so it must be compiled again when the client
//! was built again. Debug builds read it from disk, and refuse what lies outside of the folder: its name has no `..`,
//! because a folder that is not there yet cannot be told apart from one that is.

use std::env;
use std::path::PathBuf;

fn main() {
    let workspace = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../..");
    let workspace = workspace.canonicalize().unwrap_or(workspace);
    println!("cargo:rustc-env=CLIENT_DIST={}", workspace.join("frontend/dist").display());
    println!("cargo:rerun-if-changed=build.rs");
    // A target folder that is shared between clones must not keep the path of one that is gone: a file that is not there
    // counts as changed.
    println!("cargo:rerun-if-changed={}", workspace.join("crates/api/build.rs").display());
    if env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo:rerun-if-changed=../../frontend/dist");
    }
}
