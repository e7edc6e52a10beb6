#!/bin/sh
# Compiles for microcontrollers: with rustup's targets where they are installed, else with Debian's rustc and its library
# source. The last lines of `build` are the images' paths; `run` starts an image in QEMU (see .cargo/config.toml).
# ELBOW_PROFILE=firmware-small in the environment optimises for size, ELBOW_FEATURES=signature gives C elbow_verify.
usage='usage: ./cross.sh build TARGET[,TARGET...] BIN[,BIN...]
       ./cross.sh run TARGET BIN
       ./cross.sh check TARGET            the library alone
       ./cross.sh archive TARGET[,TARGET...]  the library for C
       ./cross.sh outside TARGET FOLDER   runs what `elbow new` wrote there
for example: ./cross.sh run thumbv7em-none-eabihf score'
set -eu
cd "$(dirname "$0")"
verb=${1:-} profile=${ELBOW_PROFILE:-firmware}
targets=$(echo "${2:-}" | tr , ' ') bins=$(echo "${3:-}" | tr , ' ')
case "$verb:$targets:$bins" in
    build:?*:?* | run:?*:?*) what="--package elbow-firmware --profile $profile$(printf ' --bin %s' $bins)" ;;
    check:?*:) what="--package elbow --profile $profile" ;;
    outside:?*:?*) what=--release ;;
    archive:?*:) what="--package elbow-c --profile $profile ${ELBOW_FEATURES:+--features $ELBOW_FEATURES}" ;;
    *) echo "$usage" >&2; exit 2 ;;
esac

need() { command -v "$1" >/dev/null || { echo "$1 is missing: apt-get install $2" >&2; exit 1; }; }
case $verb:$targets in
    run:thumb* | outside:thumb*) need qemu-system-arm qemu-system-arm ;;
    run:riscv* | outside:riscv*) need qemu-system-riscv32 'qemu-system-misc (newer releases: qemu-system-riscv)' ;;
esac

dir=${CARGO_TARGET_DIR:-target}
# a project that lies elsewhere builds here too
[ "$verb" != outside ] || { mkdir -p "$dir" && dir=$(cd "$dir" && pwd) && export CARGO_TARGET_DIR="$dir"; }
debian=/usr/bin:/bin
absent=
for target in $targets; do
    [ -d "$(rustc --print target-libdir --target "$target" 2>/dev/null)" ] || absent="$absent $target"
done
if [ -z "$absent" ]; then
    cargo=cargo
elif [ -e "$(PATH=$debian rustc --print sysroot 2>/dev/null)/lib/rustlib/src/rust/library/Cargo.toml" ]; then
    need ld.lld lld
    # Neither a calling cargo's toolchain nor its libraries may leak into the other one.
    unset RUSTUP_TOOLCHAIN LD_LIBRARY_PATH
    dir=$dir/cross cargo='cargo -Zbuild-std=core'
    export PATH="$debian:$PATH" RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc CARGO_TARGET_DIR="$dir"
    for target in $targets; do
        export "CARGO_TARGET_$(echo "$target" | tr 'a-z.-' 'A-Z__')_LINKER=ld.lld"
    done
else
    echo "no standard library: rustup target add$absent" >&2
    echo "or, with Debian's packages: apt-get install rustc-web cargo-web rust-web-src lld" >&2
    exit 1
fi

options="--quiet$(printf ' --target %s' $targets) $what"
# shellcheck disable=SC2086 # lists of words
case $verb in
    check) exec $cargo check $options ;;
    outside) cd "$bins" && exec $cargo run $options ;;
    # Both start so, since `cargo run --quiet` keeps errors of the build to itself.
    *) $cargo build $options ;;
esac
# shellcheck disable=SC2086
case $verb in
    archive) for target in $targets; do echo "$dir/$target/$profile/libelbow_c.a"; done ;;
    build) for target in $targets; do printf '%s\n' $(printf "$dir/$target/$profile/%s " $bins); done ;;
    run) exec $cargo run $options ;;
esac
