"""What a likelihood is worth: held-out nats of integers, and detection of faults, by network and seed the same.

    python3 docs/scripts/likelihoods.py ELBOW ECG5000.npz SKAB/valve1 FOLDER SEEDS [SET …]

ECG5000.npz holds `x_train_normal`, `x_test`, `y_test`: beats, taken as integers in steps of 0.1 and 0.01. Telemetry: counters of this
repository, for the models of integers eight of them, rounded. A Gaussian's log density of integers is that times the bins' width, which is 1: no
probability, for it is high at the integers alone. So it is told beside the density of the same rows spread evenly over their bins, whose mean log is at most
the log probability of the bin. FOLDER takes data and models.
"""

import csv
import glob
import gzip
import json
import subprocess
import sys

import numpy

elbow, ecg, skab, folder = sys.argv[1:5]
SEEDS = range(1, 1 + int(sys.argv[5]))
COUNTS = ["running", "blocked", "tasks", "interrupts_per_s", "context_switches_per_s", "page_faults_per_s", "disk_ops_per_s", "dirty_mib"]


def run(*args):
    return json.loads(subprocess.run([elbow, "--json", *args], check=True, capture_output=True, text=True).stdout)


def save(name, x, y=None):
    path = f"{folder}/{name}.npz"
    numpy.savez(path, X=x.astype(numpy.float32), **({} if y is None else {"y": y.astype(numpy.float32)}))
    return path


def heartbeats(step):
    with numpy.load(ecg) as file:
        x, test, y = (file[name] for name in ["x_train_normal", "x_test", "y_test"])
    whole = lambda x: numpy.rint(x / step)
    train = save(f"ecg-train-{step}", whole(x))
    return train, save(f"ecg-normal-{step}", whole(test[y == 0])), save(f"ecg-test-{step}", whole(test), y)


def telemetry(columns, whole):
    with gzip.open("data/telemetry/telemetry.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    columns = columns or [name for name in rows[0] if name not in ("time_s", "label")]
    x = numpy.array([[float(row[name]) for name in columns] for row in rows])
    x = numpy.rint(x) if whole else x
    y = numpy.array([row["label"] != "normal" for row in rows])
    name = "counts" if whole else "telemetry"
    normal = x[~y]
    test = numpy.arange(len(normal)) // 200 % 5 == 4  # every fifth stretch of 50 s
    both = numpy.concatenate([normal[test], x[y]]), numpy.arange(test.sum() + y.sum()) >= test.sum()
    return save(f"{name}-train", normal[~test]), save(f"{name}-normal", normal[test]), save(f"{name}-test", *both)


def pump():
    def read(path):
        with open(path) as file:
            rows = [row[1:] for row in csv.reader(file, delimiter=";")][1:]
        return numpy.array(rows, dtype=float)

    files = [read(path) for path in sorted(glob.glob(f"{skab}/*.csv"))]
    x, y = numpy.concatenate([f[:, :8] for f in files]), numpy.concatenate([f[:, 8] > 0.5 for f in files])
    begin = numpy.concatenate([numpy.arange(len(f)) < 400 for f in files])  # SKAB's own: the first 400 rows of each file
    train, rest, label = x[begin & ~y], x[~begin], y[~begin]
    return save("skab-train", train), save("skab-normal", rest[~label]), save("skab-test", rest, label)


def spread_out(path):
    with numpy.load(path) as file:
        x = file["X"]
    return save("spread", x + numpy.random.default_rng(1).uniform(-0.5, 0.5, x.shape))


def measure(name, data, options, likelihoods):
    train, normal, test = data
    for likelihood in likelihoods:
        results = []
        for seed in SEEDS:
            model = f"{folder}/{name}-{likelihood.split()[0]}.elbow"
            args = ["--likelihood", *likelihood.split(), "--objective", "iwae:8", "--seed", str(seed), "--out", model]
            run("fit", train, *options.split(), *args)
            held_out = run("eval", model, normal, "--samples", "64")["nats_per_row"]
            is_density = likelihoods is INTEGERS and likelihood != "discretized-logistic"
            spread = run("eval", model, spread_out(normal), "--samples", "64")["nats_per_row"] if is_density else held_out
            detected = run("eval", model, test, "--samples", "64")
            results.append([held_out, spread, detected["auroc"], detected["auprc"]])
        nats, probability, auroc, auprc = numpy.mean(results, axis=0)
        print(f"| {name} | `{likelihood}` | {nats:.2f} | {probability:.2f} | {auroc:.4f} | {auprc:.4f} |", flush=True)


INTEGERS = ["gaussian", "gaussian --resolution 1", "gaussian-per-output", "gaussian-per-output --resolution 1", "discretized-logistic"]
TAILS = ["gaussian", "gaussian-per-output", "student-t"]
SMALL = "--hidden 64,32 --latent gaussian:8 --epochs 60"
SETS = {
    "ecg": lambda: measure("ECG5000, steps of 0.1", heartbeats(0.1), SMALL, INTEGERS),
    "ecg-fine": lambda: measure("ECG5000, steps of 0.01", heartbeats(0.01), SMALL, INTEGERS),
    "counts": lambda: measure("telemetry, 8 counts", telemetry(COUNTS, True), SMALL, INTEGERS),
    "telemetry": lambda: measure("telemetry, 20 counters", telemetry(None, False), SMALL, TAILS),
    "skab": lambda: measure("SKAB valve1, 8 sensors", pump(), SMALL, TAILS),
}
for name in sys.argv[6:] or SETS:
    SETS[name]()
