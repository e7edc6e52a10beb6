#!/usr/bin/env python3
"""Tables with a column of two tight regimes, for `elbow bench anomaly FOLDER`, and what others make of them.

    python3 regimes.py FOLDER       (pip install numpy scikit-learn)

A current of 0.10 +- 0.01 or 12 +- 0.05 A beside columns of noise; anomalies lie six deviations off.
"""
import pathlib, sys
import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import NearestNeighbors

LEVELS, DEVIATIONS = np.array([0.10, 12.0]), np.array([0.01, 0.05])


def rows(count, noise, rng):
    regime = rng.randint(2, size=count)
    current = LEVELS[regime] + DEVIATIONS[regime] * rng.randn(count)
    return np.c_[current, rng.randn(count, noise)], DEVIATIONS[regime]


def main(folder):
    for noise in (0, 1, 3, 8):
        rng = np.random.RandomState(0)
        fit, normal = rows(1000, noise, rng)[0], rows(1000, noise, rng)[0]
        anomalies, deviation = rows(500, noise, rng)
        anomalies[:, 0] += 6 * deviation * rng.choice([-1, 1], 500)
        test, labels = np.r_[normal, anomalies], np.r_[np.zeros(1000), np.ones(500)].astype(int)
        split = folder / f"{noise} columns of noise" / "0"
        split.mkdir(parents=True, exist_ok=True)
        np.savez(split / "train.npz", X=fit.astype("f4"))
        np.savez(split / "test.npz", X=test.astype("f4"), y=labels)
        mean, scale = fit.mean(0), fit.std(0)
        a, b = (fit - mean) / scale, (test - mean) / scale
        mixture = roc_auc_score(labels, -GaussianMixture(4, random_state=0).fit(a).score_samples(b))
        neighbours = roc_auc_score(labels, NearestNeighbors(n_neighbors=5).fit(a).kneighbors(b)[0][:, -1])
        print(f"{noise} columns of noise: mixture of 4 {mixture:.4f}, KNN {neighbours:.4f}")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
