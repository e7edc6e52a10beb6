#!/usr/bin/env bash
# The library for C, by the compilers of C: header, misuse under AddressSanitizer, and the bits of `elbow score`, on this machine
# and on each core that QEMU has. What is missing is installed by apt-get where that is possible, else said and left out.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(gcc-arm-none-eabi picolibc-arm-none-eabi gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf)
target=${CARGO_TARGET_DIR:-target}
work=$target/c
strict=(-Wall -Wextra -Wpedantic -Werror)
include=(-Ic/include -I"$work")
model=firmware-example/model/demo
mkdir -p "$work"

have() { command -v "$1" >/dev/null; }
if ! have arm-none-eabi-gcc || ! have riscv64-unknown-elf-gcc; then
    if have apt-get && [ "$(id -u)" = 0 ]; then
        apt-get -qq update
        DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${packages[@]}" >/dev/null || true
    fi
fi

# The model and the frames as C has them, and what the program says of them.
cargo build --locked --quiet -p elbow-cli -p elbow-c --features elbow-c/signature --profile "${ELBOW_C_PROFILE:-dev}"
built=$target/${ELBOW_C_FOLDER:-debug}
"$built/elbow" export $model.elbow --c --out "$work" --force >/dev/null
"$built/elbow" score $model.elbow - --samples 16 --out "$work/scores.csv" --force < <(python3 c/test/frames.py rows)
rm -f "$work"/fleet.*
"$built/elbow" keygen "$work/fleet.key" >/dev/null
"$built/elbow" sign $model.elbow --key "$work/fleet.key" --version 3 --out "$work/signed.elbow" --force >/dev/null
python3 c/test/frames.py array >"$work/frames.h"
"$built/elbow" encode $model.elbow - --out "$work/latents.csv" --force < <(python3 c/test/frames.py rows)
"$built/elbow" reconstruct $model.elbow - --out "$work/means.csv" --force >/dev/null < <(python3 c/test/frames.py rows)
python3 c/test/frames.py bits "$work/scores.csv" "$work/latents.csv" "$work/means.csv" >"$work/expected"

# same NAME COMMAND...: its lines are the program's.
same() {
    local name=$1
    shift
    # picolibc's console is QEMU's standard error
    "$@" >"$work/$name.lines" 2>&1
    diff "$work/expected" "$work/$name.lines" >&2 || { echo "$name: other bits than elbow score" >&2; exit 1; }
    echo "$name: $(wc -l <"$work/$name.lines") frames, the bits of elbow score"
}

gcc -std=c99 "${strict[@]}" -x c -fsyntax-only c/include/elbow.h
g++ -std=c++17 "${strict[@]}" "${include[@]}" c/test/cplusplus.cpp "$built/libelbow_c.a" -o "$work/cplusplus" -lpthread -ldl
"$work/cplusplus"
sanitized=(gcc -std=c11 "${strict[@]}" "${include[@]}" -g -fsanitize=address,undefined -fno-sanitize-recover)
# the arena that both examples show is large enough
words=$(grep -ho 'uint64_t arena\[[0-9]*' c/include/elbow.h docs/firmware.md | sort -u)
"${sanitized[@]}" -DEXAMPLE_WORDS="${words#*[}" c/test/misuse.c "$built/libelbow_c.a" -o "$work/misuse" -lm -lpthread -ldl
"$work/misuse" "$work/signed.elbow"
"${sanitized[@]}" c/example/score.c "$built/libelbow_c.a" -o "$work/score" -lm -lpthread -ldl
same host "$work/score"

# Zephyr's module knows some cores by name, and takes the one that is named.
zephyr() {
    local found
    rm -rf "$work/zephyr"
    found=$(cmake --no-warn-unused-cli -S c/test/zephyr -B "$work/zephyr" -DCONFIG_ELBOW=y "${@:2}" | sed -n 's/^-- core: //p')
    [ "$found" = "$1" ] || { echo "Zephyr: $found instead of $1" >&2; exit 1; }
}
if have cmake; then
    zephyr thumbv7em-none-eabihf -DCONFIG_CPU_CORTEX_M4=y -DCONFIG_FPU=y
    zephyr thumbv7em-none-eabi -DCONFIG_CPU_CORTEX_M7=y -DELBOW_TARGET=thumbv7em-none-eabi
    zephyr thumbv7em-none-eabi -DCONFIG_CPU_CORTEX_M4=y -DCONFIG_FPU=y -DELBOW_TARGET=thumbv7em-none-eabi
else
    echo 'skipped: no cmake (apt-get install cmake)'
fi

# on NAME TARGET MACHINE FLASH RAM COMPILER-AND-FLAGS...
on() {
    local name=$1 rust=$2 machine=$3 flash=$4 ram=$5 archive image=$work/$1.elf qemu=qemu-system-arm options=()
    shift 5
    archive=$(./cross.sh archive "$rust" | tail -n 1)
    {
        echo "__flash = $flash; __flash_size = 2M; __ram = $ram; __ram_size = 128K; __stack_size = 16K;"
        echo 'INCLUDE picolibc.ld'
    } >"$work/$name.ld"
    "$@" -std=c11 -Os "${strict[@]}" "${include[@]}" --specs=picolibc.specs --oslib=semihost --crt0=semihost \
        -T"$work/$name.ld" c/example/score.c "$archive" -o "$image"
    if [ "$machine" = virt ]; then qemu=qemu-system-riscv32 options=(-bios none); fi
    same "$name" timeout 300 $qemu -machine $machine "${options[@]}" -nographic -monitor none -serial none \
        -semihosting-config enable=on,target=native -kernel "$image"
    nothing_to_spare "$archive" "$name"
}

# No part of the archive that a program links allocates, prints or panics.
nothing_to_spare() {
    local found
    found=$(nm --demangle "$work/$2.elf" | grep -E ' core::(panicking|fmt)::| __rust_alloc' || true)
    [ -z "$found" ] || { echo "$2: $found" >&2; exit 1; }
}

if have arm-none-eabi-gcc; then
    on cortex-m0 thumbv6m-none-eabi mps2-an385 0 0x20000000 arm-none-eabi-gcc -mcpu=cortex-m0 -mthumb
    on cortex-m3 thumbv7m-none-eabi mps2-an385 0 0x20000000 arm-none-eabi-gcc -mcpu=cortex-m3 -mthumb
    on cortex-m4f thumbv7em-none-eabihf mps2-an386 0 0x20000000 \
        arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16
    on cortex-m33 thumbv8m.main-none-eabihf mps2-an505 0x10000000 0x38000000 \
        arm-none-eabi-gcc -mcpu=cortex-m33 -mthumb -mfloat-abi=hard -mfpu=fpv5-sp-d16
else
    echo 'skipped: no arm-none-eabi-gcc (apt-get install gcc-arm-none-eabi picolibc-arm-none-eabi)'
fi
if have riscv64-unknown-elf-gcc; then
    on rv32imac riscv32imac-unknown-none-elf virt 0x80000000 0x80200000 \
        riscv64-unknown-elf-gcc -march=rv32imac -mabi=ilp32
else
    echo 'skipped: no riscv64-unknown-elf-gcc (apt-get install gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf)'
fi
