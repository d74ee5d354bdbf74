# The daily names; every recipe is one call of cargo. `just` alone lists them.

_list:
    @just --list

# Build everything and serve on http://127.0.0.1:8080
run *options:
    cargo xtask run {{options}}

# Run every test
test *options:
    cargo xtask test {{options}}

# Check formatting and let clippy read server and client
lint:
    cargo xtask lint

# What CI runs: lint, then test
ci:
    cargo xtask ci

# Build the browser client
web *options:
    cargo xtask web {{options}}

# Write openapi/zhiyin.json as the code serves it
openapi *options:
    cargo xtask openapi {{options}}

# See which small changes of what differs from main no test notices (needs `cargo install cargo-mutants --locked`)
mutants *options:
    cargo xtask mutants {{options}}

# Format all code
fmt:
    cargo fmt --all

# Type-check server and tests, fast
check:
    cargo check --workspace --exclude frontend --all-targets
