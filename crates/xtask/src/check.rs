//! Everything that must hold before a change lands.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::server::Profile;
use crate::{browser, openapi, postgres, server, shell, wasm_target, web};

/// How many tests there were, and how they ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u32,
    pub failed: u32,
    /// Which failed, a line each, with the reason where the test program tells one in a line.
    pub failures: Vec<String>,
}

/// `cargo xtask ci`: cheap checks first.
pub fn ci() -> Result<()> {
    lint()?;
    test(true)
}

/// `cargo xtask lint`: formatting, and clippy on all that is compiled, for the browser too.
pub fn lint() -> Result<()> {
    shell::step("Checking the format", shell::cargo().args(["fmt", "--all", "--check"]))?;
    let mut native = shell::cargo();
    native.args(["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]);
    shell::step("Reading the code with clippy", &mut native)?;
    let mut client = wasm_target::ensure()?.cargo("clippy");
    client.args(["--package", "frontend", "--all-features", "--", "--deny", "warnings"]);
    shell::step("Reading the client with clippy", &mut client)
}

/// `cargo xtask faults`: what breaks under the built executable, one after the other, with the times that it took.
pub fn faults() -> Result<()> {
    let mut tests = shell::cargo();
    tests.args(["test", "--package", "api", "--test", "executable", "--", "--include-ignored", "--nocapture"]);
    tests.args(["--test-threads", "1", "faults::", "jobs::", "killed"]);
    shell::step("Breaking what the server stands on", &mut tests)
}

/// `cargo xtask test`: every test there is. The last lines say which failed, and how many; logs lose their beginning.
pub fn test(with_browser: bool) -> Result<()> {
    let started = Instant::now();
    let tools = with_browser.then(browser::ensure).transpose()?;
    let zhiyin = server::build(Profile::Debug)?;
    postgres::ensure(&zhiyin)?;
    let mut total = rust_tests(&zhiyin)?;
    total.add("OpenAPI document", openapi::update(true));
    if let Some(tools) = tools {
        web::build(web::Options { dev: false, gallery: true })?;
        total.merge(browser::test(&zhiyin, &tools)?);
    }
    shell::say(&format!("All tests: done in {} s", started.elapsed().as_secs()));
    for failure in &total.failures {
        println!("FAILED {failure}");
    }
    println!("{} passed, {} failed", total.passed, total.failed);
    if total.failed > 0 {
        std::process::exit(1);
    }
    Ok(())
}

/// All crates, with one throwaway PostgreSQL for all test programs.
fn rust_tests(zhiyin: &Path) -> Result<Tally> {
    let mut scratch = Command::new(zhiyin)
        .args(["postgres", "--scratch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start a PostgreSQL for tests")?;
    let mut url = String::new();
    let answer = scratch.stdout.take().context("the test database says nothing")?;
    BufReader::new(answer).read_line(&mut url)?;
    if url.trim().is_empty() {
        bail!("the PostgreSQL for tests did not start");
    }
    let mut cargo = shell::cargo();
    cargo.args(["test", "--workspace", "--no-fail-fast"]).env("TEST_DATABASE_URL", url.trim());
    let tally = count("Testing domain, store and API", &mut cargo, Tally::of_cargo);
    // The end of its input is the sign to stop.
    drop(scratch.stdin.take());
    scratch.wait()?;
    tally
}

/// Runs a test program, shows what it prints, and adds up the lines that `read` understands.
pub fn count(title: &str, command: &mut Command, read: fn(&str) -> Option<Tally>) -> Result<Tally> {
    shell::say(title);
    let mut child = command.stdout(Stdio::piped()).spawn().with_context(|| format!("{title}: cannot start"))?;
    let output = child.stdout.take().with_context(|| format!("{title}: no output"))?;
    let mut tally = Tally::default();
    for line in BufReader::new(output).lines() {
        let line = line?;
        println!("{line}");
        if let Some(part) = read(&line) {
            tally.merge(part);
        }
    }
    let status = child.wait()?;
    if !status.success() && tally.failed == 0 {
        // It did not even compile, or died before it could count.
        tally.failed = 1;
        tally.failures.push(format!("{title}: ended with {status}"));
    }
    if status.success() && tally.passed == 0 {
        bail!("{title}: not one test ran");
    }
    Ok(tally)
}

impl Tally {
    fn merge(&mut self, part: Tally) {
        self.passed += part.passed;
        self.failed += part.failed;
        self.failures.extend(part.failures);
    }

    /// Counts a check that is not a test program.
    fn add(&mut self, title: &str, outcome: Result<()>) {
        match outcome {
            Ok(()) => self.passed += 1,
            Err(error) => {
                shell::say(&format!("{title}: FAILED: {error:#}"));
                self.failed += 1;
                self.failures.push(format!("{title}: {error:#}"));
            }
        }
    }

    /// `test result: ok. 20 passed; 0 failed; 0 ignored; ...`, and `test store::paging ... FAILED` before it.
    fn of_cargo(line: &str) -> Option<Self> {
        if let Some(name) = line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED")) {
            return Some(Self { failures: vec![name.to_owned()], ..Self::default() });
        }
        let (_, figures) = line.strip_prefix("test result: ")?.split_once(". ")?;
        let mut figures = figures.split("; ");
        let passed = figures.next()?.strip_suffix(" passed")?.parse().ok()?;
        let failed = figures.next()?.strip_suffix(" failed")?.parse().ok()?;
        Some(Self { passed, failed, ..Self::default() })
    }

    /// What `tests/browser/support/reporter.js` prints at its end: `FAILED sign_in.test.js: she comes in: Timeout ...`
    /// for each failure, then `# pass 3` and `# fail 0`.
    pub fn of_node(line: &str) -> Option<Self> {
        if let Some(failure) = line.strip_prefix("FAILED ") {
            return Some(Self { failures: vec![failure.to_owned()], ..Self::default() });
        }
        let (word, figure) = line.strip_prefix("# ")?.split_once(' ')?;
        let figure = figure.parse().ok()?;
        match word {
            "pass" => Some(Self { passed: figure, ..Self::default() }),
            "fail" | "cancelled" => Some(Self { failed: figure, ..Self::default() }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_is_counted_by_its_result_lines() {
        let line = "test result: FAILED. 20 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s";
        assert_eq!(Tally::of_cargo(line), Some(Tally { passed: 20, failed: 2, ..Tally::default() }));
        assert_eq!(Tally::of_cargo("test cluster::tests::it_starts ... ok"), None);
        let failed = Tally::of_cargo("test cluster::tests::it_starts ... FAILED").unwrap_or_default();
        assert_eq!(failed.failures, ["cluster::tests::it_starts"]);
    }

    #[test]
    fn node_is_counted_by_its_summary() {
        let mut total = Tally::default();
        for line in
            ["not ok in.test.js: in (1.0 s)", "FAILED in.test.js: in: no", "# pass 3", "# fail 1", "# cancelled 0"]
        {
            total.merge(Tally::of_node(line).unwrap_or_default());
        }
        assert_eq!(total, Tally { passed: 3, failed: 1, failures: vec!["in.test.js: in: no".to_owned()] });
    }
}
