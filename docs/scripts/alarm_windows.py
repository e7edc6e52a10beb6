#!/usr/bin/env python3
"""False alarms of windows that overlap: the table of docs/alarms.md, one line for each law and hop.

    python3 docs/scripts/alarm_windows.py ELBOW [RUNS [ROWS [RATE]]]

Each run draws ROWS rows (6,000) of one channel, white noise or an autoregression of 0.9, fits windows of 24 with `--false-alarm RATE`
(0.05), and judges 10,000 rows more. `mean rate` is that over the runs; its standard error is over the runs too. `drifts` are the runs in
which `score --alarm 3/5` told a drift.
"""
import json
import random
import statistics
import subprocess
import sys
import tempfile

WINDOW, JUDGED = 24, 10_000


def rows(count, memory, rng):
    x, text = 0.0, ["a"]
    for _ in range(count + 100):
        x = memory * x + rng.gauss(0, 1)
        text.append(f"{x:.5f}")
    return "\n".join(text[:1] + text[101:]) + "\n"


def main():
    elbow, runs, count, rate = sys.argv[1:] + ["20", "6000", "0.05"][len(sys.argv) - 2 :]
    print("law,hop,model,runs,counted_as,mean_rate,standard_error,drifts")
    with tempfile.TemporaryDirectory() as folder:

        def run(*args):
            out = subprocess.run([elbow, *args], cwd=folder, capture_output=True, text=True)
            if out.returncode:
                sys.exit(out.stderr)
            return out.stdout

        for law, memory in (("white", 0.0), ("ar(0.9)", 0.9)):
            for hop in (1, WINDOW):
                for model in (["--auto"], ["--model", "gaussian"]):
                    rates, counts, drifts = [], [], 0
                    for seed in range(int(runs)):
                        rng = random.Random(f"{law} {seed}")
                        more = 1 if hop == 1 else 4
                        open(f"{folder}/fit.csv", "w").write(rows(more * int(count), memory, rng))
                        open(f"{folder}/new.csv", "w").write(rows(JUDGED * (1 if hop == 1 else hop // 4), memory, rng))
                        shape = ["--window", str(WINDOW), "--hop", str(hop), "--out", "m.elbow", "--force"]
                        fit = json.loads(run("fit", "fit.csv", "--false-alarm", rate, *shape, *model, "--json"))
                        scores = run("score", "m.elbow", "new.csv", "--alarm", "3/5").splitlines()
                        names = scores[0].split(",")
                        cells = [line.split(",") for line in scores[1:]]
                        alarms = [row[names.index("anomalous")] == "1" for row in cells]
                        rates.append(sum(alarms) / len(alarms))
                        counts.append(fit["alarm"]["calibration_rows"])
                        drifts += any(row[names.index("drift")] for row in cells)
                    error = statistics.stdev(rates) / len(rates) ** 0.5
                    name, mean = model[-1].strip("-"), statistics.mean(rates)
                    figures = f"{statistics.mean(counts):.0f},{mean:.4f},{error:.4f},{drifts}"
                    print(law, hop, name, len(rates), figures, sep=",", flush=True)


main()
