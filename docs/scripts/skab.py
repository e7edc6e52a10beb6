#!/usr/bin/env python3
"""Alarms on the Skoltech Anomaly Benchmark by its own protocol: each file's first 400 rows are fitted, every row is judged.

    python3 docs/scripts/skab.py SKAB_DATA target/release/elbow

SKAB_DATA holds valve1, valve2 and other. One normal distribution for each file, of windows of 5 rows; a window is suspicious that is less
likely than every fitted one, and a row is anomalous where most of the last 15 windows are. Prints F1, false and missed alarms over all rows.
"""
import json, pathlib, subprocess, sys, tempfile

WINDOW, FITTED, VOTES = 5, 400, 15


def elbow(program, *arguments):
    run = subprocess.run([program, "--json", *map(str, arguments)], capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


def judge(program, folder, header, rows):
    (folder / "fit.csv").write_text("\n".join([header, *rows[:FITTED]]) + "\n")
    (folder / "all.csv").write_text("\n".join([header, *rows]) + "\n")
    model = folder / "m.elbow"
    elbow(program, "fit", folder / "fit.csv", "--model", "gaussian", "--window", WINDOW, "--hop", 1, "--out", model)
    scores = [row["log_density"] for row in elbow(program, "score", model, folder / "all.csv")["scores"]]
    least = min(scores[: FITTED - WINDOW + 1])
    suspicious = [False] * (WINDOW - 1) + [score < least for score in scores]
    last = lambda i: suspicious[max(0, i - VOTES + 1) : i + 1]
    return [2 * sum(last(i)) > len(last(i)) for i in range(len(rows))]


def main(data, program):
    count = {(said, true): 0 for said in (False, True) for true in (False, True)}
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted(path for part in ("valve1", "valve2", "other") for path in (data / part).glob("*.csv")):
            header, *lines = path.read_text().strip().split("\n")
            cells = [line.split(";") for line in lines]
            names = header.split(";")
            rows = [",".join(row[1:9]) for row in cells]
            said = judge(program, pathlib.Path(folder), ",".join(names[1:9]), rows)
            for verdict, row in zip(said, cells):
                count[verdict, float(row[names.index("anomaly")]) > 0] += 1
    found, false, missed, quiet = (count[key] for key in ((True, True), (True, False), (False, True), (False, False)))
    print(f"F1 {2 * found / (2 * found + false + missed):.3f}, false alarms {100 * false / (false + quiet):.1f} % of the normal rows,",
          f"missed {100 * missed / (found + missed):.1f} % of the anomalous ones, {sum(count.values())} rows")


main(pathlib.Path(sys.argv[1]), sys.argv[2])
