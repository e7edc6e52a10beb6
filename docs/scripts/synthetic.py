"""Train on synthetic: how many anomalies a model finds that was fitted to draws of another.

    python3 docs/scripts/synthetic.py target/release/elbow SPLITS [SEED]

SPLITS is what `elbow bench anomaly` takes: SET/SEED/train.npz (frames X) and test.npz (X, and y that is 1 for anomalies).
For each, `fit --auto` on train.npz, `sample` as many rows from it, and `elbow bench anomaly` with those in place of
train.npz. Needs NumPy to count rows; prints both AUROCs of each set and their means.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import numpy

elbow, splits = sys.argv[1], pathlib.Path(sys.argv[2])
seed = sys.argv[3] if len(sys.argv) > 3 else "1"


def run(*words):
    return subprocess.run([elbow, *map(str, words)], check=True, capture_output=True, text=True).stdout


def bench(folder):
    sets = json.loads(run("--json", "bench", "anomaly", folder))["sets"]
    return {one["set"]: one["auroc"] for one in sets}


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    for train in sorted(splits.glob("*/*/train.npz")):
        there = folder / "splits" / train.parent.relative_to(splits)
        there.mkdir(parents=True)
        shutil.copy(train.parent / "test.npz", there)
        rows = numpy.load(train)["X"].shape[0]
        run("fit", train, "--auto", "--out", folder / "m.elbow", "--force")
        run("sample", folder / "m.elbow", "--rows", rows, "--seed", seed, "--out", there / "train.npz")
    real, drawn = bench(splits), bench(folder / "splits")

print("| set | fitted to rows | to draws |\n|---|---:|---:|")
for name in real:
    print(f"| {name} | {real[name]:.4f} | {drawn[name]:.4f} |")
means = [sum(of.values()) / len(of) for of in (real, drawn)]
print(f"| mean | {means[0]:.4f} | {means[1]:.4f} |")
