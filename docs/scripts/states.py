"""The recorded telemetry with a word for the number of running processes, for a model with a category.

    python3 docs/scripts/states.py target/states.csv
"""

import csv
import gzip
import sys


def state(running):
    # as in firmware-example/src/likelihoods.rs
    return "calm" if running < 5 else "busy" if running < 8 else "full"


with gzip.open("data/telemetry/telemetry.csv.gz", "rt") as file, open(sys.argv[1], "w") as out:
    rows = csv.DictReader(file)
    writer = csv.DictWriter(out, rows.fieldnames)
    writer.writeheader()
    for row in rows:
        writer.writerow({**row, "running": state(float(row["running"]))})
