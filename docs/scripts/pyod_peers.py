#!/usr/bin/env python3
"""AUROC and seconds of fit and score: `elbow.Density()` beside PyOD and scikit-learn, in one run.

    pip install pyod scikit-learn torch tqdm numpy elbow_density-*.whl
    taskset -c 0 python3 docs/scripts/pyod_peers.py ADBENCH [--seeds 3] [--only Density,KNN] [--csv FILE]

ADBENCH is a folder of ADBench's `.npz` files (X, and y = 1 for anomalies). One-class: fitted on half of the normal rows, tested
on the other half and all anomalies; at most 10,000 rows are drawn first. All detectors are those of a user who sets
nothing. Peers get standardised columns, Elbow the columns as they are. One thread for all; seconds are processor time of the
fastest seed, which other work on the machine lengthens least.
"""
import argparse
import os
import pathlib
import time
import warnings

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"
warnings.filterwarnings("ignore")

import numpy as np
import pyod
import sklearn
import torch
from pyod.models.auto_encoder import AutoEncoder
from pyod.models.copod import COPOD
from pyod.models.ecod import ECOD
from pyod.models.gmm import GMM
from pyod.models.hbos import HBOS
from pyod.models.iforest import IForest
from pyod.models.inne import INNE
from pyod.models.knn import KNN
from pyod.models.lof import LOF
from pyod.models.mcd import MCD
from pyod.models.ocsvm import OCSVM
from pyod.models.pca import PCA
from pyod.models.vae import VAE
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import LocalOutlierFactor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import OneClassSVM

import elbow

#: PyOD's AutoEncoder and VAE speak while they fit
QUIET = {"verbose": 0}


def detectors(seed):
    """Each by its name, with the sign that makes its score high for anomalies."""
    return {
        "Density": (elbow.Density(seed=seed), -1),
        "PyOD VAE": (scaled(VAE(random_state=seed, **QUIET)), 1),
        "PyOD AutoEncoder": (scaled(AutoEncoder(random_state=seed, **QUIET)), 1),
        "PyOD KNN": (scaled(KNN()), 1),
        "PyOD LOF": (scaled(LOF()), 1),
        "PyOD INNE": (scaled(INNE(random_state=seed)), 1),
        "PyOD IForest": (scaled(IForest(random_state=seed)), 1),
        "PyOD OCSVM": (scaled(OCSVM()), 1),
        "PyOD GMM": (scaled(GMM(random_state=seed)), 1),
        "PyOD MCD": (scaled(MCD(random_state=seed)), 1),
        "PyOD PCA": (scaled(PCA(random_state=seed)), 1),
        "PyOD HBOS": (scaled(HBOS()), 1),
        "PyOD ECOD": (scaled(ECOD()), 1),
        "PyOD COPOD": (scaled(COPOD()), 1),
        "scikit-learn LocalOutlierFactor": (scaled(LocalOutlierFactor(novelty=True)), -1),
        "scikit-learn IsolationForest": (scaled(IsolationForest(random_state=seed)), -1),
        "scikit-learn OneClassSVM": (scaled(OneClassSVM()), -1),
    }


def scaled(detector):
    return make_pipeline(StandardScaler(), detector)


def split(path, seed):
    """Rows to fit, rows to test and their labels."""
    with np.load(path, allow_pickle=False) as file:
        X, y = file["X"].astype(np.float32), file["y"].astype(np.int64).ravel()
    rng = np.random.RandomState(seed)
    if len(X) > 10_000:
        drawn = rng.choice(len(X), 10_000, replace=False)
        X, y = X[drawn], y[drawn]
    normal, odd = np.where(y == 0)[0], np.where(y == 1)[0]
    rng.shuffle(normal)
    half = len(normal) // 2
    tested = np.concatenate([normal[half:], odd])
    return X[normal[:half]], X[tested], y[tested]


def measured(detector, sign, rows):
    """AUROC, and seconds of the processor for fit and score together."""
    fitted, tested, labels = rows
    start = time.process_time()
    scores = detector.fit(fitted).decision_function(tested)
    seconds = time.process_time() - start
    return roc_auc_score(labels, sign * scores), seconds


def main():
    """A row for each detector: its mean AUROC over the sets, its place, and the seconds of all sets. Splits on which a
    detector failed are told, and left out of its means."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", default="")
    parser.add_argument("--csv", type=pathlib.Path)
    args = parser.parse_args()
    torch.set_num_threads(1)
    elbow.set_threads(1)
    only = [name for name in args.only.split(",") if name]
    sets = sorted(args.data.glob("*.npz"))
    names = [name for name in detectors(0) if not only or name in only]
    found = {name: np.full((len(sets), args.seeds, 2), np.nan) for name in names}
    for detector, _ in detectors(0).values():
        # what a library does once is not timed
        detector.fit(np.random.default_rng(0).normal(size=(200, 5)))
    for at, path in enumerate(sets):
        for seed in range(args.seeds):
            rows = split(path, seed)
            for name, (detector, sign) in detectors(seed).items():
                if name in found:
                    # a detector that fails on a set has no figure, and is not hidden
                    try:
                        found[name][at, seed] = measured(detector, sign, rows)
                    except Exception as error:
                        print(f"{path.stem} {seed} {name}: {error!r}"[:160], flush=True)
        told = ", ".join(f"{name} {found[name][at, :, 0].mean():.3f}" for name in names)
        print(f"{path.stem}: {told}", flush=True)
    show(names, sets, found)
    if args.csv:
        write(args.csv, names, sets, found)


def show(names, sets, found):
    areas = np.array([np.nanmean(found[name][:, :, 0], 1) for name in names])
    # places among all detectors, equal ones in the middle
    places = [[(areas[:, s] > x).sum() + ((areas[:, s] == x).sum() + 1) / 2 for x in areas[:, s]] for s in range(len(sets))]
    seconds = np.array([np.nanmin(found[name][:, :, 1], 1).sum() for name in names])
    print(f"PyOD {pyod.__version__}, scikit-learn {sklearn.__version__}, torch {torch.__version__}; NumPy {np.__version__}")
    print("| | mean AUROC | mean place | s of fit and score, all sets | × Density |\n|---|---:|---:|---:|---:|")
    for i in np.argsort(-areas.mean(1)):
        times = f"{seconds[i] / seconds[0]:.1f}" if names[0] == "Density" else ""
        print(f"| {names[i]} | {areas[i].mean():.4f} | {np.mean(places, 0)[i]:.1f} | {seconds[i]:.2f} | {times} |")
    if {"Density", "PyOD VAE"} <= set(names):
        ours, theirs = (found[name][:, :, 1].min(1) for name in ("Density", "PyOD VAE"))
        for path, one, other in zip(sets, ours, theirs):
            print(f"{path.stem}: Density {one:.3f} s, PyOD's VAE {other / one:.1f} times as long")
        print(f"PyOD's VAE beside Density, mean of the logarithms over the sets: {np.exp(np.log(theirs / ours).mean()):.1f} times")


def write(path, names, sets, found):
    lines = ["set,measure," + ",".join(names)]
    for measure, what in enumerate(("auroc", "seconds")):
        for at, of in enumerate(sets):
            of_seeds = (np.nanmean, np.nanmin)[measure]
            figures = [f"{of_seeds(found[name][at, :, measure]):.4f}" for name in names]
            lines.append(f"{of.stem},{what}," + ",".join(figures))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
