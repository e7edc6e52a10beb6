#!/bin/sh
# Compiles for a microcontroller: with rustup's target where it is installed, else with Debian's rustc and its library
# source. The last line of `build` is the image's path; `run` starts it in QEMU (see .cargo/config.toml).
# ELBOW_PROFILE=firmware-small in the environment optimises for size.
usage='usage: ./cross.sh build|run TARGET BIN
       ./cross.sh check TARGET            the library alone
for example: ./cross.sh run thumbv7em-none-eabihf score'
set -eu
cd "$(dirname "$0")"
verb=${1:-} target=${2:-} bin=${3:-} profile=${ELBOW_PROFILE:-firmware}
case "$verb:$bin" in
    build:?* | run:?*) what="--package elbow-firmware --bin $bin --profile $profile" ;;
    check:) what="--package elbow --profile $profile" ;;
    *) echo "$usage" >&2; exit 2 ;;
esac

need() { command -v "$1" >/dev/null || { echo "$1 is missing: apt-get install $2" >&2; exit 1; }; }
case $verb:$target in
    run:thumb*) need qemu-system-arm qemu-system-arm ;;
    run:riscv*) need qemu-system-riscv32 'qemu-system-misc (newer releases: qemu-system-riscv)' ;;
esac

dir=${CARGO_TARGET_DIR:-target}
debian=/usr/bin:/bin
if [ -d "$(rustc --print target-libdir --target "$target" 2>/dev/null)" ]; then
    cargo=cargo
elif [ -e "$(PATH=$debian rustc --print sysroot 2>/dev/null)/lib/rustlib/src/rust/library/Cargo.toml" ]; then
    need ld.lld lld
    # Neither a calling cargo's toolchain nor its libraries may leak into the other one.
    unset RUSTUP_TOOLCHAIN LD_LIBRARY_PATH
    dir=$dir/cross cargo='cargo -Zbuild-std=core'
    export PATH="$debian:$PATH" RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc CARGO_TARGET_DIR="$dir"
    export "CARGO_TARGET_$(echo "$target" | tr 'a-z.-' 'A-Z__')_LINKER=ld.lld"
else
    echo "no standard library for $target: rustup target add $target" >&2
    echo "or, with Debian's packages: apt-get install rustc-web cargo-web rust-web-src lld" >&2
    exit 1
fi

options="--quiet --target $target $what"
# shellcheck disable=SC2086 # lists of words
case $verb in
    check) exec $cargo check $options ;;
    # Both start so, since `cargo run --quiet` keeps errors of the build to itself.
    *) $cargo build $options ;;
esac
# shellcheck disable=SC2086
case $verb in
    build) echo "$dir/$target/$profile/$bin" ;;
    run) exec $cargo run $options ;;
esac
