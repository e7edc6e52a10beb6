#!/bin/sh
# Builds web/elbow.wasm.js: the engine as text within a script, so that the page works from a folder too. With rustup's
# target where it is installed, else with Debian's rustc and its library source: see cross.sh.
set -eu
cd "$(dirname "$0")"
target=wasm32-unknown-unknown dir=$(realpath -m "${CARGO_TARGET_DIR:-../target}")/wasm
debian=/usr/bin:/bin cargo=cargo
if [ ! -d "$(rustc --print target-libdir --target $target 2>/dev/null)" ]; then
    [ -e "$(PATH=$debian rustc --print sysroot 2>/dev/null)/lib/rustlib/src/rust/library/Cargo.toml" ] || {
        echo "no standard library: rustup target add $target" >&2
        echo 'or, with Debian'\''s packages: apt-get install rustc-web cargo-web rust-web-src lld' >&2
        exit 1
    }
    unset RUSTUP_TOOLCHAIN LD_LIBRARY_PATH
    cargo='cargo -Zbuild-std=core,alloc'
    export PATH="$debian:$PATH" RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc
    export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld
fi
# the same bits as without vectors, in half the time; every browser since 2023 has them
export CARGO_TARGET_DIR="$dir" RUSTFLAGS='-C target-feature=+simd128'
$cargo build --locked --quiet --release --target $target
wasm=$dir/$target/release/elbow_wasm.wasm
{
    echo '// Written by wasm/build.sh: the engine, in base64. Do not edit it.'
    printf 'globalThis.ELBOW_WASM = "'
    base64 -w 0 "$wasm"
    echo '";'
} >../web/elbow.wasm.js
echo "web/elbow.wasm.js: $(wc -c <"$wasm") bytes of WebAssembly"
