#!/usr/bin/env python3
"""The tables of docs/gaps.md: numbers filled in, anomalies found and alarms where cells are missing.

    pip install numpy scikit-learn
    python3 docs/scripts/gaps.py ELBOW impute FOLDER_WITH_WINE_CSVS [SEEDS]
    python3 docs/scripts/gaps.py ELBOW detect FOLDER_OF_ADBENCH [SEEDS]
    python3 docs/scripts/gaps.py ELBOW dead FOLDER_OF_ADBENCH [SPLITS]
    python3 docs/scripts/gaps.py ELBOW stuck FOLDER_OF_ADBENCH [SPLITS]

impute: half of the cells of the whole table are missing at random; the mean squared error of what stands in for them, of columns with
variance 1 (Mattei and Frellsen 2019, MIWAE, section 5.3). detect: six sets of ADBench, a third of at most 4,000 normal rows fitted, 30 %
of the test's cells missing. dead: pendigits, 2,000 normal rows fitted, 2,000 calibrate at 1 %, the other normal rows judged with each
sensor dead in turn. stuck: the same with sensors 0, 5, 10 and 15 at their mean and at 0, as rows that follow one another.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

VAE = "--latent gaussian:10 --hidden 128,128 --likelihood student-t --objective iwae:20 --epochs 600 --patience 100 --hide 0.1"
MODELS = {"one Gaussian": "--model gaussian", "gmm:4": "--model gmm:4", "--auto": "--auto", "VAE": VAE}
SETS = ["6_cardio", "28_pendigits", "40_vowels", "38_thyroid", "4_breastw", "31_satimage-2"]


def runner(elbow, folder):
    def run(*args):
        done = subprocess.run([elbow, "--json", *args], cwd=folder, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(args)}: {done.stderr}")
        return json.loads(done.stdout)

    return run


def write(path, rows, labels=None):
    names = [f"c{i}" for i in range(rows.shape[1])] + ([] if labels is None else ["label"])
    with open(path, "w") as out:
        print(",".join(names), file=out)
        for i, row in enumerate(rows.astype("f4")):
            cells = ["" if np.isnan(x) else repr(float(x)) for x in row]
            print(",".join(cells + ([] if labels is None else [str(int(labels[i]))])), file=out)


def impute(elbow, folder, seeds, models=MODELS):
    from sklearn.datasets import load_breast_cancer

    wine = lambda name: np.genfromtxt(pathlib.Path(folder) / name, delimiter=",", skip_header=1)[:, :-1]
    sets = {"breast_cancer": load_breast_cancer().data}
    sets |= {"red wine": wine("winequality-red.csv"), "white wine": wine("winequality-white.csv")}
    for name, table in sets.items():
        table = (table - table.mean(0)) / table.std(0)
        for model, flags in models.items():
            errors = []
            for seed in range(seeds):
                rng, cells = np.random.RandomState(seed), table.size
                holes = table.copy().ravel()
                holes[rng.choice(cells, cells // 2, replace=False)] = np.nan
                holes = holes.reshape(table.shape)
                with tempfile.TemporaryDirectory() as work:
                    run = runner(elbow, work)
                    write(f"{work}/rows.csv", holes)
                    run("fit", "rows.csv", *flags.split(), "--missing", "model", "--seed", str(seed), "--out", "m.elbow")
                    run("impute", "m.elbow", "rows.csv", "--samples", "1000", "--out", "full.csv")
                    full = np.genfromtxt(f"{work}/full.csv", delimiter=",", skip_header=1)
                # a row with nothing in it stays so, and gets the mean
                guess = np.where(np.isnan(full), 0, full)
                errors.append(np.mean((guess - table)[np.isnan(holes)] ** 2))
            print(f"{name},{model},{np.mean(errors):.3f},{np.std(errors):.3f}", flush=True)


def detect(elbow, folder, seeds):
    every = []
    for name in SETS:
        data = np.load(pathlib.Path(folder) / f"{name}.npz")
        rows, labels = data["X"].astype("f8"), data["y"].ravel()
        found = []
        for seed in range(seeds):
            rng = np.random.RandomState(seed)
            normal = np.where(labels == 0)[0]
            rng.shuffle(normal)
            normal = normal[:4000]
            third = len(normal) // 3
            train = rows[normal[:third]]
            test = np.r_[normal[2 * third :], np.where(labels == 1)[0]]
            holes = np.where(rng.rand(len(test), rows.shape[1]) > 0.3, rows[test], np.nan)
            filled = np.where(np.isnan(holes), train.mean(0), holes)
            with tempfile.TemporaryDirectory() as work:
                run = runner(elbow, work)
                write(f"{work}/train.csv", train)
                run("fit", "train.csv", "--auto", "--all-columns", "--out", "m.elbow")
                each = []
                for what, table in [("whole", rows[test]), ("gaps", holes), ("filled", filled)]:
                    write(f"{work}/{what}.csv", table, labels[test])
                    each.append(run("eval", "m.elbow", f"{what}.csv", "--labels", "label", "--missing", "model")["auroc"])
            found.append(each)
        mean = np.mean(found, 0)
        every.append(mean)
        print(name, *[f"{x:.3f}" for x in mean], sep=",", flush=True)
    print("mean", *[f"{x:.3f}" for x in np.mean(every, 0)], sep=",")


def pendigits(folder, seed):
    data = np.load(pathlib.Path(folder) / "28_pendigits.npz")
    normal = data["X"][data["y"].ravel() == 0].astype("f4")
    order = np.random.RandomState(seed).permutation(len(normal))
    return normal[order[:2000]], normal[order[2000:4000]], normal[order[4000:]]


def dead(elbow, folder, splits):
    rates = []
    for seed in range(splits):
        train, later, test = pendigits(folder, seed)
        with tempfile.TemporaryDirectory() as work:
            run = runner(elbow, work)
            write(f"{work}/train.csv", train)
            write(f"{work}/later.csv", later)
            run("fit", "train.csv", "--auto", "--all-columns", "--out", "m.elbow")
            run("calibrate", "m.elbow", "later.csv", "--missing", "one", "--false-alarm", "0.01")
            of_split = []
            for sensor in [None, *range(train.shape[1])]:
                holes = test.copy()
                if sensor is not None:
                    holes[:, sensor] = np.nan
                write(f"{work}/test.csv", holes)
                alarms = run("eval", "m.elbow", "test.csv", "--missing", "model")["alarms"]
                assert not alarms.get("uncalibrated")
                of_split.append(alarms["of_anomalous"])
        rates.append(of_split)
        print(seed, *[f"{100 * x:.2f}" for x in of_split], sep=",", flush=True)
    rates = 100 * np.array(rates)
    print("mean", *[f"{x:.2f}" for x in rates.mean(0)], sep=",")
    print(f"whole {rates[:, 0].mean():.3f} %; sensors from {rates[:, 1:].mean(0).min():.3f} to {rates[:, 1:].mean(0).max():.3f} %")


def stuck(elbow, folder, splits):
    for seed in range(splits):
        train, later, test = pendigits(folder, seed)
        with tempfile.TemporaryDirectory() as work:
            run = runner(elbow, work)
            write(f"{work}/train.csv", train)
            write(f"{work}/later.csv", later)
            run("fit", "train.csv", "--auto", "--all-columns", "--out", "m.elbow")
            run("calibrate", "m.elbow", "later.csv", "--missing", "one", "--false-alarm", "0.01")
            cells = []
            for value in ["mean", "zero"]:
                for sensor in [0, 5, 10, 15]:
                    broken = test.copy()
                    broken[:, sensor] = train[:, sensor].mean() if value == "mean" else 0
                    write(f"{work}/test.csv", broken)
                    plain = run("eval", "m.elbow", "test.csv")["alarms"]["of_anomalous"]
                    scores = run("score", "m.elbow", "test.csv", "--stuck")["scores"]
                    named = sum(f"c{sensor}" in row.get("stuck", []) for row in scores)
                    wrong = sum(len(set(row.get("stuck", [])) - {f"c{sensor}"}) > 0 for row in scores)
                    alarms = sum(bool(row.get("anomalous")) for row in scores if f"c{sensor}" in row.get("stuck", []))
                    cells.append((value, sensor, plain, alarms / max(named, 1), named / len(scores), wrong))
        for value, sensor, plain, alarms, named, wrong in cells:
            print(f"{seed},{value},{sensor},{100 * plain:.1f},{100 * alarms:.1f},{100 * named:.1f},{wrong}", flush=True)


if __name__ == "__main__":
    elbow, what, folder, *count = sys.argv[1:]
    elbow = str(pathlib.Path(elbow).resolve())
    defaults = {"impute": 3, "detect": 3, "dead": 200, "stuck": 3}
    globals()[what](elbow, folder, int(count[0]) if count else defaults[what])
