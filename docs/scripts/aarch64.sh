#!/bin/sh
# Builds the program `elbow` for 64-bit ARM on Debian or Ubuntu, and prints where it is. With rustup's target where that is
# installed, else with Debian's Rust and its library source:
#     apt-get install gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user rustc-web cargo-web rust-web-src
set -eu
cd "$(dirname "$0")/../.."
target=aarch64-unknown-linux-gnu dir=${CARGO_TARGET_DIR:-target} std=
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
if ! [ -d "$(rustc --print target-libdir --target $target 2>/dev/null)" ]; then
    unset RUSTUP_TOOLCHAIN LD_LIBRARY_PATH
    dir=$dir/cross std=-Zbuild-std=std,panic_abort
    export PATH="/usr/bin:/bin:$PATH" RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc CARGO_TARGET_DIR="$dir"
fi
cargo build --release --quiet $std --target $target --package elbow-cli
echo "$dir/$target/release/elbow"
