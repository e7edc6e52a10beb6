"""Rows per second and microseconds a row, beside the command line on the same model file and machine."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import elbow


def best(work, repeats=5):
    """Seconds of the quickest run."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def command(*words):
    """Seconds of the command line's whole run."""
    typed = [sys.executable, "-m", "elbow", *map(str, words)]
    return best(lambda: subprocess.run(typed, check=True, capture_output=True), 3)


def main():
    """Measures both ways by turns."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200_000, 9)).astype(np.float32)
    settings = dict(latent="gaussian:4", hidden=[32, 16], epochs=2, false_alarm=None)
    model = elbow.Density(**settings).fit(X[:5000]).model_
    told = {}
    for samples in (16, 64):
        for threads in (1, 2):
            elbow.set_threads(threads)
            seconds = best(lambda: model.score(X, samples=samples))
            told[f"rows/s, K = {samples}, {threads} threads"] = round(len(X) / seconds)
        one = X[0]
        seconds = best(lambda: [model.score(one, samples=samples) for _ in range(2000)])
        told[f"one row, K = {samples}, µs"] = round(seconds / 2000 * 1e6, 2)
    with tempfile.TemporaryDirectory() as folder:
        path, few, many = (Path(folder, name) for name in ("m.elbow", "few.npy", "many.npy"))
        model.save(path)
        np.save(few, X[:1000])
        np.save(many, X)
        for threads in (1, 2):
            words = ["--threads", threads, "eval", path]
            # what starts and reads is taken off, as far as it does not grow with the rows
            seconds = command(*words, many) - command(*words, few)
            told[f"elbow eval, rows/s, K = 64, {threads} threads"] = round((len(X) - 1000) / seconds)
    print(json.dumps(told, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
