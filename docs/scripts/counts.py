"""The recorded telemetry in whole numbers, for a model of integers.

    python3 docs/scripts/counts.py target/counts.csv
"""

import csv
import gzip
import sys

with gzip.open("data/telemetry/telemetry.csv.gz", "rt") as file, open(sys.argv[1], "w") as out:
    rows = csv.DictReader(file)
    writer = csv.DictWriter(out, rows.fieldnames)
    writer.writeheader()
    for row in rows:
        # halves go up, as in firmware-example/src/likelihoods.rs
        counts = {name: int(float(row[name]) + 0.5) for name in row if name not in ("time_s", "label")}
        writer.writerow({**row, **counts})
