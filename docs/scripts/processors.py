#!/usr/bin/env python3
"""The same bits on other processors, by emulation of their user mode.

usage: processors.py PROGRAM [COMMAND...]

PROGRAM runs as it is; each COMMAND is another way to run a program `elbow`, by default this one on a processor without
AVX, FMA and AVX2 (`qemu-x86_64 -cpu Nehalem PROGRAM`) and on one without AVX-512 (`-cpu Haswell`). For 64-bit ARM:

    docs/scripts/aarch64.sh        # builds it, prints where it is
    docs/scripts/processors.py target/release/elbow 'qemu-aarch64 -L /usr/aarch64-linux-gnu .../elbow'

Scores of every committed model at one and at seventeen samples, packets there and back, and four fits are compared by
their bytes. Fits of networks may differ on a processor without fused multiply-add, which is said; all else is a fault.
"""

import hashlib
import json
import pathlib
import random
import subprocess
import sys
import tempfile

MODELS = sorted((pathlib.Path(__file__).parents[2] / "firmware-example/model").glob("*.elbow"))
FITS = {
    "--auto": [],
    "gmm:4": ["--model", "gmm:4"],
    "network": ["--hidden", "16", "--latent", "gaussian:2", "--epochs", "3"],
    "network on a sphere": ["--hidden", "16", "--latent", "vmf:3", "--epochs", "3"],
}


def run(command, *arguments):
    done = subprocess.run([*command, *map(str, arguments)], capture_output=True, check=False)
    return done.returncode, done.stdout


def write_rows(path, names, number):
    with open(path, "w", encoding="utf-8") as file:
        print(*names, sep=",", file=file)
        for _ in range(40):
            print(*(number() for _ in names), sep=",", file=file)


def scores(command, folder):
    """What each committed model says of whole numbers and of others; a refusal is an answer too."""
    for model in MODELS:
        told = json.loads(run(command, "--json", "inspect", model)[1])
        names = told["columns"] if isinstance(told.get("columns"), list) else [f"x{i}" for i in range(told["features"])]
        draw = random.Random(5)
        for kind, number in (("whole", lambda: draw.randint(0, 3)), ("real", lambda: round(draw.gauss(20, 30), 3))):
            rows = folder / "rows.csv"
            write_rows(rows, names, number)
            for samples in (1, 17):
                yield f"score {model.stem} {kind} {samples}", run(command, "score", model, rows, "--samples", samples)


def fits(command, folder):
    draw = random.Random(1)
    rows = folder / "fit.csv"
    write_rows(rows, "abcde", lambda: round(draw.gauss(0, 1) * draw.random(), 4))
    for name, flags in FITS.items():
        model = folder / "fit.elbow"
        code, _ = run(command, "fit", rows, "--out", model, "--force", *(flags or ["--auto"]))
        yield f"fit {name}", (code, model.read_bytes() if code == 0 else b"")
        packed, unpacked = folder / "rows.epz", folder / "rows-again.csv"
        run(command, "compress", model, rows, packed, "--force")
        code, _ = run(command, "decompress", model, packed, unpacked, "--force")
        if not name.startswith("network"):
            yield f"packets of {name}", (code, packed.read_bytes() + unpacked.read_bytes())


def digests(command):
    with tempfile.TemporaryDirectory() as folder:
        steps = [*scores(command, pathlib.Path(folder)), *fits(command, pathlib.Path(folder))]
    return {name: (code, hashlib.sha256(output).hexdigest()) for name, (code, output) in steps}


def main():
    program, *others = sys.argv[1:] or sys.exit(__doc__)
    others = others or [f"qemu-x86_64 -cpu {cpu} {program}" for cpu in ("Haswell", "Nehalem")]
    here = digests([program])
    answered = sum(code == 0 for code, _ in here.values())
    print(f"{len(here)} steps, {answered} of them with a result and no refusal")
    faults = 0
    for other in others:
        there = digests(other.split())
        differ = [name for name in here if here[name] != there[name]]
        may = [name for name in differ if name.startswith("fit network") and "Nehalem" in other]
        faults += len(differ) - len(may)
        print(f"{other}: {len(here) - len(differ)} equal", *differ, sep="\n    differs: " if differ else "")
    sys.exit(faults > 0)


if __name__ == "__main__":
    main()
