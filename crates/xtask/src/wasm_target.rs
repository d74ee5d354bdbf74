//! A compiler that can build for the browser.
//!
//! First choice is rustup's own target. Where rustup cannot download, Debian's "web" toolchain brings the sources of the
//! standard library, and cargo builds them along with the client.

use std::process::Command;

use anyhow::{Result, bail};

use crate::{packages, shell};

const TARGET: &str = "wasm32-unknown-unknown";
const DEBIAN_PACKAGES: [&str; 5] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm", "lld-22"];

/// Which of the two ways to a WASM client this machine offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toolchain {
    /// The running toolchain has the target installed.
    Installed,
    /// Debian's toolchain, which compiles the standard library from its sources.
    DebianSources,
}

impl Toolchain {
    /// `cargo SUBCOMMAND --target wasm32-unknown-unknown`, with all that this toolchain needs besides.
    pub fn cargo(self, subcommand: &str) -> Command {
        let mut command = match self {
            Self::Installed => shell::cargo(),
            Self::DebianSources => Command::new("/usr/bin/cargo"),
        };
        command.current_dir(shell::workspace()).args([subcommand, "--target", TARGET]);
        if self == Self::DebianSources {
            command.args(["-Z", "build-std=std,panic_abort"]);
            command.env("RUSTC_BOOTSTRAP", "1").env("RUSTC", "/usr/bin/rustc");
        }
        command
    }
}

/// Finds a toolchain for the client, or installs one, and says in one line which it took.
pub fn ensure() -> Result<Toolchain> {
    if installed() {
        return Ok(Toolchain::Installed);
    }
    if shell::has("rustup") {
        let added = shell::step("Adding the WASM target", Command::new("rustup").args(["target", "add", TARGET]));
        if added.is_ok() && installed() {
            shell::say("The client is built with rustup's WASM target");
            return Ok(Toolchain::Installed);
        }
    }
    debian_sources()
}

/// Whether the running toolchain has the standard library for the browser.
fn installed() -> bool {
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc.current_dir(shell::workspace()).args(["--print", "target-libdir", "--target", TARGET]);
    shell::output(&mut rustc).is_ok_and(|folder| std::path::Path::new(folder.trim()).is_dir())
}

fn debian_sources() -> Result<Toolchain> {
    let have = shell::output(Command::new("dpkg").arg("-s").args(DEBIAN_PACKAGES)).is_ok();
    if !have {
        let installed = packages::installable()
            && packages::install("Installing Debian's WASM toolchain", &DEBIAN_PACKAGES).is_ok();
        if !installed {
            let packages = DEBIAN_PACKAGES.join(" ");
            bail!(
                "the WASM target is missing: run `rustup target add {TARGET}`, or on Debian as root `apt-get install {packages}`"
            );
        }
    }
    shell::say("The client is built with Debian's WASM toolchain");
    Ok(Toolchain::DebianSources)
}
