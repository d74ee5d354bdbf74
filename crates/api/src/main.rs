//! The `zhiyin` executable.

mod commands;

use std::process::ExitCode;

use api::http::fault;
use clap::Parser;
use domain::platform::users::Locale;

/// Answers are many small pieces of text, made on one thread and freed on another; the allocator of the C library keeps
/// them apart less well.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

// A multi-thread runtime of our own: migrations need one, and the web server brings its workers anyway.
#[tokio::main]
async fn main() -> ExitCode {
    match commands::Cli::parse().run().await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("zhiyin: {}", told(&error));
            ExitCode::FAILURE
        }
    }
}

/// What went wrong, and why. A refusal is put into the words that the API has for it; the commands speak English.
fn told(error: &anyhow::Error) -> String {
    let words = |cause: &(dyn std::error::Error + 'static)| match cause.downcast_ref() {
        Some(store::Error::Refused(refusal)) => fault::in_words(refusal, Locale::English),
        _ => cause.to_string(),
    };
    error.chain().map(words).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests {
    use domain::error::{Code, Error, Fault};

    use super::*;

    #[test]
    fn a_refusal_is_told_in_words() {
        let fault = Fault::new("", "key_early").with("key", "sign-1").with("next", "sign-2").with("seconds", 10);
        let refused: anyhow::Error = store::Error::from(Error::at(Code::Conflict, fault)).into();
        let expected = "sign-2 takes the place of sign-1, but not everywhere yet. Try again in 10 seconds.";
        assert_eq!(told(&refused.context("nothing was done")), format!("nothing was done: {expected}"));
        let missing: anyhow::Error = store::Error::from(Code::NotFound).into();
        assert!(told(&missing).contains(' '), "{}", told(&missing));
    }
}
