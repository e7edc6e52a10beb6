#!/usr/bin/env python3
"""How alarms on ECG5000 depend on the fit: the table of docs/alarms.md, one line for each seed.

    pip install numpy
    python3 docs/scripts/alarm_seeds.py ELBOW ecg5000_normal_vs_anomaly.npz [SEEDS [RATE [SAMPLES]]]

1500 normal beats are fitted, the other 835 calibrate at the rate (0.01 unless told), the test beats are judged with K samples (64).
"""
import json
import subprocess
import sys
import tempfile

import numpy as np

FITTED = 1500


def main():
    elbow, path, seeds, rate, samples = sys.argv[1:] + ["6", "0.01", "64"][len(sys.argv) - 3 :]
    data = np.load(path)
    normal, test = data["x_train_normal"].astype("f4"), data["x_test"].astype("f4")
    print("seed,normal,anomalous,samples,agreement")
    with tempfile.TemporaryDirectory() as folder:
        np.savez(f"{folder}/fit.npz", X=normal[:FITTED])
        np.savez(f"{folder}/later.npz", X=normal[FITTED:])
        np.savez(f"{folder}/test.npz", X=test, y=data["y_test"])

        def run(*args):
            return subprocess.run([elbow, "--json", *args], cwd=folder, check=True, capture_output=True, text=True).stdout

        for seed in range(int(seeds)):
            settings = ["--hidden", "32,16", "--latent", "gaussian:4", "--objective", "iwae:8"]
            run("fit", "fit.npz", "--out", "ecg.elbow", "--seed", str(seed), *settings)
            run("calibrate", "ecg.elbow", "later.npz", "--false-alarm", rate, "--samples", samples)
            alarms = json.loads(run("eval", "ecg.elbow", "test.npz"))["alarms"]
            figures = [alarms[key] for key in ("of_normal", "of_anomalous", "samples", "agreement")]
            print(seed, *(f"{x:.4f}" for x in figures), sep=",", flush=True)


main()
