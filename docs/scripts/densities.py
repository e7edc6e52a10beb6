#!/usr/bin/env python3
"""How far a fitted density is from the law of its rows: E[log p_true - log p] on fresh rows, in nats.

    python3 densities.py ELBOW MODEL... [--seeds N]       (pip install numpy scipy)

Six laws that are known exactly; 2,000 rows are fitted, 4,000 others scored.
"""
import csv, json, pathlib, subprocess, tempfile
from argparse import ArgumentParser, RawDescriptionHelpFormatter
import numpy as np
from scipy.special import logsumexp
from scipy.stats import multivariate_normal, norm, t


def mixture(dims, count, seed):
    rng = np.random.RandomState(seed)
    means, covariances = 3 * rng.randn(count, dims), []
    for _ in range(count):
        a = 0.5 * rng.randn(dims, dims)
        covariances.append(a @ a.T + 0.05 * np.eye(dims))
    weights = rng.dirichlet(np.full(count, 4.0))

    def draw(n, rng):
        chosen = rng.choice(count, n, p=weights)
        return np.stack([rng.multivariate_normal(means[c], covariances[c]) for c in chosen])

    def log_density(x):
        parts = zip(weights, means, covariances)
        return logsumexp([np.log(w) + multivariate_normal(m, c).logpdf(x) for w, m, c in parts], axis=0)

    return draw, log_density


def ring():
    def draw(n, rng):
        angle, radius = 2 * np.pi * rng.rand(n), 2 + 0.12 * rng.randn(n)
        return np.c_[radius * np.cos(angle), radius * np.sin(angle)]

    def log_density(x):
        radius = np.hypot(x[:, 0], x[:, 1])
        return norm(2, 0.12).logpdf(radius) - np.log(2 * np.pi * radius)

    return draw, log_density


def triangular():
    def draw(n, rng):
        e, x = rng.randn(n, 5), np.empty((n, 5))
        x[:, 0] = e[:, 0]
        x[:, 1] = 0.5 * x[:, 0] ** 2 + 0.3 * e[:, 1]
        x[:, 2] = np.sin(2 * x[:, 0]) + 0.3 * e[:, 2]
        x[:, 3] = x[:, 1] * x[:, 2] + 0.5 * e[:, 3]
        x[:, 4] = np.exp(0.5 * x[:, 0]) * e[:, 4]
        return x

    def log_density(x):
        first = norm.logpdf(x[:, 0]) + norm(0.5 * x[:, 0] ** 2, 0.3).logpdf(x[:, 1])
        second = norm(np.sin(2 * x[:, 0]), 0.3).logpdf(x[:, 2]) + norm(x[:, 1] * x[:, 2], 0.5).logpdf(x[:, 3])
        return first + second + norm(0, np.exp(0.5 * x[:, 0])).logpdf(x[:, 4])

    return draw, log_density


def factors(dims=12, rank=3):
    loadings = np.random.RandomState(5).randn(rank, dims)
    covariance = loadings.T @ loadings + 0.16 * np.eye(dims)
    law = multivariate_normal(np.zeros(dims), covariance)
    return (lambda n, rng: rng.multivariate_normal(np.zeros(dims), covariance, size=n)), law.logpdf


def heavy(dims=5):
    turn = np.linalg.qr(np.random.RandomState(2).randn(dims, dims))[0]
    draw = lambda n, rng: rng.standard_t(3, size=(n, dims)) @ turn
    return draw, (lambda x: t(3).logpdf(x @ turn.T).sum(1))


LAWS = {"mix2": mixture(2, 5, 1), "mix5": mixture(5, 6, 2), "ring2": ring(), "tri5": triangular(),
        "factor12": factors(), "heavy5": heavy()}


def distance(elbow, model, law, seed, folder):
    (draw, log_density), rng = law, np.random.RandomState(seed)
    rows, fresh = draw(2000, rng), draw(4000, rng)
    paths = [str(folder / name) for name in ("rows.npy", "fresh.npy", "m.elbow", "scores.csv")]
    np.save(paths[0], rows.astype("f4"))
    np.save(paths[1], fresh.astype("f4"))
    flags = ["--auto"] if model == "auto" else ["--model", *model.split()]
    quiet = dict(check=True, capture_output=True, text=True)
    run = lambda *args: subprocess.run([elbow, *args, "--force"], **quiet).stdout
    fit = json.loads(run("fit", paths[0], *flags, "--out", paths[2], "--json"))
    run("score", paths[2], paths[1], "--out", paths[3])
    with open(paths[3]) as file:
        scores = np.array([float(row["log_density"]) for row in csv.DictReader(file)])
    return float((log_density(fresh) - scores).mean()), fit["seconds"], fit["file_bytes"]


def main():
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("elbow")
    parser.add_argument("models", nargs="+")
    parser.add_argument("--seeds", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for model in args.models:
            means = []
            for name, law in LAWS.items():
                runs = [distance(args.elbow, model, law, s, pathlib.Path(folder)) for s in range(args.seeds)]
                nats, seconds, size = np.mean(runs, axis=0)
                means.append(nats)
                print(f"{model:12} {name:9} {nats:7.4f} nats {seconds:6.1f} s {size:8.0f} bytes", flush=True)
            print(f"{model:12} mean      {np.mean(means):7.4f} nats", flush=True)


if __name__ == "__main__":
    main()
