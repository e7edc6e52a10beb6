"""What a learned prior is worth: held-out nats with and without, by the same network, epochs and seeds.

    python3 docs/scripts/priors.py ELBOW ECG5000.npz PENDIGITS.npz BINARIZED_MNIST FOLDER SEEDS [SET …]

ECG5000.npz holds `x_train_normal`, `x_test`, `y_test`; PENDIGITS.npz `X` and `y` (1 = anomaly), of which a random half of the normal rows is fitted, and the
other half scored; BINARIZED_MNIST is the folder of the fixed binarisation as packed bits. Telemetry is that of this repository: every fifth stretch of
50 s is scored. FOLDER takes data and models.
"""

import csv
import gzip
import json
import subprocess
import sys

import numpy

elbow, ecg, pendigits, mnist, folder = sys.argv[1:6]
SEEDS = range(1, 1 + int(sys.argv[6]))
PRIORS = ["normal", "gmm:4", "gmm:16", "gmm:64"]


def run(*args):
    return json.loads(subprocess.run([elbow, "--json", *args], check=True, capture_output=True, text=True).stdout)


def save(name, x):
    path = f"{folder}/{name}.npz"
    numpy.savez(path, X=x.astype(numpy.float32))
    return path


def heartbeats():
    with numpy.load(ecg) as file:
        x, test, y = (file[name] for name in ["x_train_normal", "x_test", "y_test"])
    return x, test[y == 0]


def digits():
    with numpy.load(pendigits) as file:
        x, y = file["X"], file["y"].ravel()
    normal = numpy.random.RandomState(0).permutation(x[y == 0])
    return normal[: len(normal) // 2], normal[len(normal) // 2 :]


def telemetry():
    with gzip.open("data/telemetry/telemetry.csv.gz", "rt") as file:
        rows = [row for row in csv.DictReader(file) if row["label"] == "normal"]
    names = [name for name in rows[0] if name not in ("time_s", "label")]
    x = numpy.array([[float(row[name]) for name in names] for row in rows])
    test = numpy.arange(len(x)) // 200 % 5 == 4
    return x[~test], x[test]


def images():
    bits = lambda part: numpy.unpackbits(numpy.load(f"{mnist}/binarized_mnist_{part}_packed.npy"), axis=1)[:, :784]
    return bits("train"), bits("test")


SETS = {
    "ecg": (heartbeats, "--hidden 64,32 --latent gaussian:8 --objective iwae:8 --epochs 300"),
    "pendigits": (digits, "--hidden 64,32 --latent gaussian:4 --objective iwae:8 --epochs 300"),
    "telemetry": (telemetry, "--scaling log --hidden 64,32 --latent gaussian:8 --objective iwae:8 --epochs 150"),
    "mnist": (images, "--likelihood bernoulli --hidden 200,200 --latent gaussian:20 --objective elbo --epochs 20 --valid 0.02"),
}

for name in sys.argv[7:] or SETS:
    read, settings = SETS[name]
    train, test = (save(f"{name}-{part}", x) for part, x in zip(("train", "test"), read()))
    for prior in PRIORS:
        results = []
        for seed in SEEDS:
            out = f"{folder}/{name}-{prior.replace(':', '')}-{seed}.elbow"
            fit = run("fit", train, *settings.split(), "--prior", prior, "--patience", "1000", "--seed", str(seed), "--out", out)
            nats = run("eval", out, test, "--samples", "256")
            results.append([nats["nats_per_row"], nats["latent"]["kl"], nats["latent"]["aggregate_kl"], fit["seconds"]])
        mean, spread = numpy.mean(results, 0), numpy.std(results, 0, ddof=1) if len(results) > 1 else [0.0]
        print(f"{name}, {prior}: {mean[0]:.3f} ± {spread[0]:.3f} nats, KL {mean[1]:.2f}, aggregate KL {mean[2]:.2f}, {mean[3]:.1f} s", flush=True)
