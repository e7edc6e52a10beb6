"""Bits of the recorded telemetry: which counters rose from one row to the next, four rows to a frame.

    python3 docs/scripts/rises.py target/rises.npy
    elbow fit target/rises.npy --likelihood bernoulli --latent gaussian:4 --hidden 32 --objective iwae:8 \
        --epochs 100 --seed 1 --out firmware-example/model/rises.elbow
"""

import csv
import gzip
import sys

import numpy

ROWS = 4

with gzip.open("data/telemetry/telemetry.csv.gz", "rt") as file:
    rows = [[float(value) for name, value in row.items() if name not in ("time_s", "label")] for row in csv.DictReader(file)]
rows = numpy.array(rows)
windows = rows[: len(rows) // ROWS * ROWS].reshape(-1, ROWS, rows.shape[1])
rises = windows[:, 1:] > windows[:, :-1]
numpy.save(sys.argv[1], rises.reshape(len(windows), -1).astype(numpy.float32))
