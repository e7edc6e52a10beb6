#!/usr/bin/env python3
"""Seconds to fit and microseconds to score a row: `elbow fit --auto` beside PyOD's VAE, by turns.

    pip install pyod torch scikit-learn numpy
    OMP_NUM_THREADS=1 RAYON_NUM_THREADS=1 taskset -c 0 python3 docs/scripts/vae_peer.py target/release/elbow SPLITS [SET,…] [ROUNDS]

SPLITS holds SET/SEED/{train,test}.npz; of each set the first seed is taken. Each side fits all training rows and scores all test rows
as one batch, frames in memory, PyOD's already standardised. Both show their fastest round. Other work on the machine can only make the
ratios smaller: counted are the processor time of PyOD's fit and score, for Elbow's fit that of the whole command, and for Elbow's score the
time that passes.
"""
import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np
import torch
from pyod.models.vae import VAE
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")
torch.set_num_threads(1)


def elbow(program, split):
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder) / "set"
        place.mkdir()
        (place / "0").symlink_to(split.resolve())
        before = processor_time()
        report = subprocess.run([program, "bench", "anomaly", folder, "--json"], check=True, capture_output=True)
    return processor_time() - before, json.loads(report.stdout)["sets"][0]["score_us"]


def processor_time():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def pyod(split):
    train, test = (np.load(split / f"{part}.npz")["X"] for part in ("train", "test"))
    scaler = StandardScaler().fit(train)
    train, test = scaler.transform(train), scaler.transform(test)
    detector = VAE(random_state=0, verbose=0)
    start = time.process_time()
    detector.fit(train)
    fitted = time.process_time()
    detector.decision_function(test)
    return fitted - start, 1e6 * (time.process_time() - fitted) / len(test)


program, splits = sys.argv[1], pathlib.Path(sys.argv[2])
names = sys.argv[3].split(",") if len(sys.argv) > 3 else sorted(path.name for path in splits.iterdir())
rounds = int(sys.argv[4]) if len(sys.argv) > 4 else 3
print("set, rows scored: fit in s, a row in µs: Elbow, PyOD, ratio")
for name in names:
    split = sorted((splits / name).iterdir())[0]
    rows = len(np.load(split / "test.npz")["X"])
    turns = [(elbow(program, split), pyod(split)) for _ in range(rounds)]
    ours, theirs = (np.min(side, axis=0) for side in zip(*turns))
    print(f"{name}, {rows}: " + "; ".join(f"{a:.3g}, {b:.3g}, {b / a:.1f}" for a, b in zip(ours, theirs)), flush=True)
