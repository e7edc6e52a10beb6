"""What a likelihood is worth: held-out nats of integers, and detection of faults, by network and seed the same.

    python3 docs/scripts/likelihoods.py ELBOW ECG5000.npz SKAB/valve1 FOLDER [SEEDS]

ECG5000.npz holds `x_train_normal`, `x_test`, `y_test`: beats, taken as integers in steps of 0.1, 0.03 and 0.01. Telemetry: the counters of this
repository that are whole (tasks, running, blocked, KiB and faults a second rounded). A Gaussian's log density of integers is comparable with a log
probability as it stands, since their bins have the width 1. FOLDER takes data and models.
"""

import csv
import glob
import gzip
import json
import subprocess
import sys

import numpy

elbow, ecg, skab, folder = sys.argv[1:5]
SEEDS = range(1, 1 + int(sys.argv[5] if len(sys.argv) > 5 else 1))
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


def measure(name, data, options, likelihoods):
    train, normal, test = data
    for likelihood in likelihoods:
        results = []
        for seed in SEEDS:
            model = f"{folder}/{name}-{likelihood.split()[0]}.elbow"
            args = ["--likelihood", *likelihood.split(), "--objective", "iwae:8", "--seed", str(seed), "--out", model]
            run("fit", train, *options.split(), *args)
            held_out = run("eval", model, normal, "--samples", "64")
            detected = run("eval", model, test, "--samples", "64")
            results.append([held_out["nats_per_row"], held_out["bits_per_dim"], detected["auroc"], detected["auprc"]])
        nats, bits, auroc, auprc = numpy.mean(results, axis=0)
        print(f"| {name} | `{likelihood}` | {nats:.2f} | {bits:.3f} | {auroc:.4f} | {auprc:.4f} |", flush=True)


INTEGERS = ["gaussian", "gaussian --resolution 1", "gaussian-per-output", "gaussian-per-output --resolution 1", "discretized-logistic"]
TAILS = ["gaussian", "gaussian-per-output", "student-t"]
SMALL = "--hidden 64,32 --latent gaussian:8 --epochs 60"
for step in [0.1, 0.03, 0.01]:
    measure(f"ECG5000, steps of {step}", heartbeats(step), SMALL, INTEGERS)
measure("telemetry, 8 counts", telemetry(COUNTS, True), SMALL, INTEGERS)
measure("telemetry, 20 counters", telemetry(None, False), SMALL, TAILS)
measure("SKAB valve1, 8 sensors", pump(), SMALL, TAILS)
