#!/usr/bin/env bash
# Records the data set of this folder: about 30 minutes of a Linux machine at 4 rows a second, normal work
# with eight labelled disturbances in between. All work and all disturbances are made here, in a temporary
# folder that is removed at the end; memory use stays below 8 GB and below a third of the machine's.
#
#     ELBOW=target/release/elbow data/telemetry/record.sh telemetry.csv
#
# SEED sets the order and length of the jobs, NORMAL the seconds of each of the nine normal stretches.
set -euo pipefail

elbow=${ELBOW:-elbow}
here=$(cd "$(dirname "$0")" && pwd)
self=$here/$(basename "$0")

# bash reseeds RANDOM in subshells, so the number is drawn outside them: `draw`, then any use of `between`.
draw() { n=$RANDOM; }
between() { echo $(($1 + n * ($2 - $1) / 32767)); } # FROM TO, both inclusive

# One small job of a developer's day; each runs on about one core for up to a few seconds.
job() {
    case $1 in
    0) tar -cf - /usr/share/doc 2>/dev/null | head -c "$(between 10 60)M" | gzip -"$(between 1 6)" >a.gz ;;
    1) find /usr -xdev -name '*.so*' | sort >list ;;
    2) grep -rlI --include='*.h' "$(between 10 99)" /usr/include | head -n 300 >hits ;;
    3) seq "$(between 100000 600000)" | shuf | sort -n | tail -n 1 >sorted ;;
    4) python3 -c "import json; d = {str(i): list(range(i % 50)) for i in range($(between 5000 60000))}
for _ in range(3): d = json.loads(json.dumps(d))" ;;
    5) perl -e 'my %n; for (1 .. shift) { $n{int(rand(5000))}++ } print scalar keys %n' "$(between 200000 3000000)" >count ;;
    6) git -C "$here" log --stat -n 200 >log 2>/dev/null || true ;;
    7) for i in $(seq "$(between 10 80)"); do sed -n 1,20p /etc/services 2>/dev/null | wc -l >lines; done ;;
    8) find /usr/lib -xdev -type f -size -500k 2>/dev/null | head -n "$(between 200 2000)" | xargs -r -d '\n' sha256sum >sums 2>/dev/null || true ;;
    9) dd if=/dev/urandom of=saved bs=1M count="$(between 2 40)" status=none; rm -f saved ;;
    10) awk -v n="$(between 200000 3000000)" 'BEGIN { for (i = 0; i < n; i++) s += i % 7; print s }' >sum ;;
    11) python3 -c "import time; b = bytearray($(between 20 300) << 20); b[::4096] = bytes(len(b) // 4096); time.sleep($(between 1 4))" ;;
    esac
}

work() {
    while :; do
        draw
        for _ in $(seq "$(between 1 6)"); do
            kind=$((RANDOM % 12))
            draw
            job $kind || true # a tool that this machine lacks, or a closed pipe, is no reason to stop
            sleep "$((n % 2)).$((n % 10))"
        done
        draw
        sleep "$(between 0 20)"
    done
}

disturb() { # KIND ROUND
    local core cores
    cores=$(getconf _NPROCESSORS_ONLN)
    case $1 in
    cpu_hog)
        for core in $(seq $((cores * 4 * $2))); do while :; do :; done & done
        wait ;;
    disk_storm)
        while :; do
            dd if=/dev/zero of=storm bs=1M count=$((96 / $2)) conv=fsync status=none
            dd if=/dev/zero of=storm bs=16k count=$((100 * $2)) oflag=dsync status=none
        done ;;
    memory_pressure)
        exec python3 - "$2" <<'PY'
import collections, os, sys
total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
limit = min(8 << 30, total // 3) // int(sys.argv[1])
block, held = 64 << 20, collections.deque()
while True:
    memory = bytearray(block)
    memory[::4096] = bytes(block // 4096)       # touched, so that the pages are real
    held.append(memory)
    while len(held) * block > limit - block:
        held.popleft()
PY
        ;;
    process_storm)
        for core in $(seq $((cores * $2))); do while :; do /bin/true; done & done
        wait ;;
    esac
}

case ${1-} in
work) RANDOM=$2; work ;;
disturb) disturb "$2" "$3" ;;
'' | -*) echo "usage: [ELBOW=path/to/elbow] $0 OUT.csv" >&2; exit 2 ;;
*)
    out=$(realpath -m "$1")
    elbow=$(realpath "$(command -v "$elbow")")
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    cd "$folder"
    RANDOM=${SEED:-1}
    record() { "$elbow" record "$out" --append --rate 4 "$@"; }
    normal() { record --seconds "${NORMAL:-155}" -- "$self" work "$RANDOM"; }

    [ ! -e "$out" ] || { echo "$out: the file exists; give another name" >&2; exit 2; }
    normal
    for round in 1 2; do
        draw
        for kind in $(printf '%s\n' cpu_hog disk_storm memory_pressure process_storm | shuf --random-source=<(yes "$n")); do
            draw
            record --seconds "$(between 45 60)" --label "$kind" -- "$self" disturb "$kind" "$round"
            rm -f storm
            sleep 8 # let the load settle, unrecorded
            normal
        done
    done ;;
esac
