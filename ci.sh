#!/usr/bin/env bash
# All that must hold before a change goes in, the same for people and for CI. Missing tools are installed by apt-get
# where that is possible (as root, on Debian and its kin); elsewhere the command to run is printed.
set -uo pipefail
cd "$(dirname "$0")"

targets=(thumbv6m-none-eabi thumbv7m-none-eabi thumbv7em-none-eabihf thumbv8m.main-none-eabi
    thumbv8m.main-none-eabihf riscv32imac-unknown-none-elf wasm32-unknown-unknown)

# Those that QEMU has a machine for.
devices=thumbv6m-none-eabi,thumbv7m-none-eabi,thumbv7em-none-eabihf,thumbv8m.main-none-eabihf,riscv32imac-unknown-none-elf

have() { command -v "$1" >/dev/null; }
packaged() { apt-cache show "$1" >/dev/null 2>&1; }
# The library source of Debian's Rust serves every target: see cross.sh.
debian_source() { [ -e "$(PATH=/usr/bin:/bin rustc --print sysroot 2>/dev/null)/lib/rustlib/src/rust/library" ]; }

# Rust's targets that are not there.
absent_targets() {
    for target in "${targets[@]}"; do
        [ -d "$(rustc --print target-libdir --target "$target" 2>/dev/null)" ] || echo "$target"
    done
}

# Debian's packages that are not there.
absent_packages() {
    have cc || printf '%s\n' gcc libc6-dev
    have cargo || printf '%s\n' rustc-web cargo-web
    have cargo-fmt || echo rustfmt-web
    have cargo-clippy || echo rust-web-clippy
    [ -z "$(absent_targets)" ] || debian_source || printf '%s\n' rustc-web cargo-web rust-web-src
    [ -z "$(absent_targets)" ] || have ld.lld || echo lld
    have qemu-system-arm || echo qemu-system-arm
    have qemu-x86_64 || echo qemu-user
    python3 -c 'import ensurepip' 2>/dev/null || echo python3-venv
    # Newer releases keep RISC-V in a package of its own.
    have qemu-system-riscv32 || if packaged qemu-system-riscv; then echo qemu-system-riscv; else echo qemu-system-misc; fi
}

stop() {
    printf 'ci.sh: %s\n' "$*" >&2
    exit 1
}

install_tools() {
    local packages remedy root=
    [ -n "$(absent_packages)" ] || return 0
    have apt-get && [ "$(id -u)" = 0 ] && root=yes && apt-get -qq update
    packages=$(absent_packages | sort -u | xargs)
    if [[ $packages == *rust* ]] && ! packaged rustc-web; then
        have cargo || stop 'Rust is missing: install it from https://rustup.rs'
        stop "targets of Rust are missing: run rustup target add $(absent_targets | xargs)"
    fi
    remedy="apt-get install --yes --no-install-recommends $packages"
    [ $root ] || stop "tools are missing: run sudo $remedy"
    echo "$remedy"
    DEBIAN_FRONTEND=noninteractive $remedy >/dev/null || stop 'apt-get failed'
}

passed=0 failed=0
# step NAME COMMAND...: runs the command with its output in a log, which is shown where it fails.
step() {
    local name=$1 start=$SECONDS log verdict
    log=$logs/${1// /-}.log
    shift
    printf '%-26s' "$name"
    if "$@" >"$log" 2>&1; then
        verdict=ok passed=$((passed + 1))
    else
        verdict=FAILED failed=$((failed + 1))
    fi
    # libtest's, pytest's and Node's counts, where the step is a test run
    printf '%-7s%4d s%s\n' $verdict $((SECONDS - start)) \
        "$(awk '/^test result/ { n += $4 } /^[0-9]+ passed/ { n += $1 } /^ℹ pass / { n += $3 } END { if (n) printf "%7d tests", n }' "$log")"
    grep -h '^skipped: ' "$log" | sort -u | sed 's/^/  /'
    # what failed first may stand far above the end
    [ $verdict = ok ] || { echo "  $*"; grep -A2 -E 'panicked at|FAILED' "$log" | head -n 40; tail -n 80 "$log"; }
}

# Rows that go side by side must not take longer than one by one. They take a third; where the compiler lost the registers of that
# kernel, without any change in bits, they took three times as long.
rows_side_by_side() {
    cargo build --locked --release -p elbow-cli &&
        "${CARGO_TARGET_DIR:-target}/release/elbow" --threads 1 bench score --seconds 0.3 |
        awk '{ print } $2 == 1 { seen = 1; slow = $3 * $5 < 1e6 } END { exit !seen || slow }'
}

# The same bits without AVX-512, and without AVX, FMA and AVX2: see docs/scripts/processors.py for 64-bit ARM too.
other_processors() {
    cargo build --locked --package elbow-cli && python3 docs/scripts/processors.py "${CARGO_TARGET_DIR:-target}/debug/elbow"
}

# C's compilers, on this machine and for the cores that QEMU has.
c_library() { c/check.sh; }

# The wheel, in an environment of its own: it says so and passes where there is no index of packages.
python_package() { python/check.sh; }

# The engine in Node, page and reports in headless Chromium, which this step alone installs.
browser() {
    if ! have node || ! have chromedriver; then
        have apt-get && [ "$(id -u)" = 0 ] &&
            DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends nodejs chromium chromium-driver
    fi
    web/check.sh
}

# What the default build does not have.
tables_of_columns() {
    cargo clippy --locked -p elbow-reader --all-targets --features arrow -- -D warnings &&
        cargo test --locked -p elbow-reader -p elbow-cli --features arrow --lib --test cli columnar
}

# Networks of PyTorch in and out; ONNX Runtime, where it is there, has the numbers of what is written.
weights_of_others() {
    cargo clippy --locked -p elbow-trainer -p elbow-cli --all-targets --features onnx -- -D warnings &&
        cargo test --locked -p elbow-cli --features onnx --test cli -- weights:: graphs:: &&
        cargo build --locked -p elbow-cli --features onnx &&
        python3 cli/tests/weights/onnx_runtime.py "${CARGO_TARGET_DIR:-target}/debug/elbow"
}

# A model of a type alone, what defmt prints, and any model where there is a heap and nothing else.
fewer_features() {
    cargo clippy --locked -p elbow --lib --no-default-features --features defmt -- -D warnings &&
        cargo check --locked -p elbow-host --lib --no-default-features
}

formatted() { cargo fmt --all --check && cargo fmt --manifest-path fuzz/Cargo.toml --check; }

# Checked without libFuzzer, which is C++; `cargo fuzz run model` searches.
fuzz_targets() {
    cargo check --manifest-path fuzz/Cargo.toml --no-default-features --target-dir "${CARGO_TARGET_DIR:-target}/fuzz"
}

# What a registry would get of each crate, unpacked where nothing of this checkout is, compiles.
packages() {
    local crates=(elbow elbow-reader elbow-host elbow-trainer elbow-cli) folder=${CARGO_TARGET_DIR:-target} crate
    cargo package --locked --allow-dirty --no-verify "${crates[@]/#/--package=}" || return
    rm -rf "$folder/unpacked" && mkdir "$folder/unpacked" || return
    {
        printf '[workspace]\nmembers = ["*-0.*"]\nresolver = "3"\n[patch.crates-io]\n'
        for crate in "${crates[@]}"; do
            tar -xmzf "$folder/package/$crate"-0.*.crate -C "$folder/unpacked" || return
            printf '%s = { path = "%s" }\n' "$crate" "$(cd "$folder/unpacked" && echo "$crate"-0.*)"
        done
    } >"$folder/unpacked/Cargo.toml" || return
    cp Cargo.lock "$folder/unpacked" && (cd "$folder/unpacked" && cargo check --target-dir ../unpacked-check)
}

# The images that the tests run, many at once: one by one, each would keep one processor busy with its linking.
firmware() {
    ./cross.sh build $devices score,parity,likelihoods,wind,codec,log,watch,mixture,refined,signed,bench-minimal,guard-minimal &&
        ./cross.sh build "${devices#*,}" bounded &&
        ./cross.sh build thumbv7em-none-eabihf \
            bench,bench-nothing,codec_cost,log_cost,mixture_cost,watch_cost,vmf_cost,sender-minimal,codec-smallest,codec-minimal &&
        ELBOW_PROFILE=firmware-small ./cross.sh build thumbv7em-none-eabihf \
            codec_cost,bench-nothing,sender-minimal,codec-smallest,codec-minimal
}

install_tools
logs=${CARGO_TARGET_DIR:-target}/ci
mkdir -p "$logs"
export CARGO_TERM_COLOR=never

# Every test run selects the whole workspace, so that no library is built a second time with other features.
step 'formatting' formatted
step 'lints' cargo clippy --locked --workspace --all-targets -- -D warnings
step 'documentation' env RUSTDOCFLAGS=-Dwarnings cargo doc --locked --workspace --lib --no-deps
step 'without features' fewer_features
step 'fuzz targets' fuzz_targets
step 'tests' cargo test --locked --workspace --no-fail-fast -- --show-output
step 'every float, a million windows' cargo test --locked --workspace --test math --test codec -- --ignored
step 'rows side by side' rows_side_by_side
step 'other processors' other_processors
step 'Parquet and Arrow' tables_of_columns
step 'weights of others' weights_of_others
step 'Python' python_package
step 'browser' browser
step 'C' c_library
step 'packages' packages
step 'firmware for every target' firmware
step 'devices in QEMU' cargo test --locked --workspace --test device -- --ignored --show-output

echo
grep -h ' bytes of flash, ' "$logs"/devices-in-QEMU.log
echo
echo "$passed passed, $failed failed"
[ $failed = 0 ]
