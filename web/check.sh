#!/usr/bin/env bash
# Builds the engine for browsers, and tests it against the program: in Node, and with the page and reports in headless
# Chromium. Says what it leaves out where those are missing.
set -euo pipefail
cd "$(dirname "$0")/.."

skip() {
    echo "skipped: $*"
    exit 0
}

command -v node >/dev/null || skip 'Node is missing: apt-get install nodejs'
cargo fmt --manifest-path wasm/Cargo.toml --check
cargo clippy --locked --manifest-path wasm/Cargo.toml --all-targets -- -D warnings
wasm/build.sh
cargo build --locked --release -p elbow-cli
export ELBOW PICTURES
ELBOW=$(realpath "${CARGO_TARGET_DIR:-target}/release/elbow") PICTURES=$(realpath -m "${CARGO_TARGET_DIR:-target}/pictures")
node --test --test-reporter=spec web/test/bits.test.mjs web/test/reader.test.mjs
command -v chromium >/dev/null && command -v chromedriver >/dev/null ||
    skip 'Chromium is missing: apt-get install chromium chromium-driver'
node --test --test-reporter=spec web/test/browser.test.mjs
