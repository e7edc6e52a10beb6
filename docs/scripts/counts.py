"""The recorded telemetry in whole numbers, for a model of integers, or with a largest one for a model of counts.

    python3 docs/scripts/counts.py target/counts.csv
    python3 docs/scripts/counts.py target/tallies.csv 255
"""

import csv
import gzip
import sys

most = int(sys.argv[2]) if len(sys.argv) > 2 else 1 << 24
with gzip.open("data/telemetry/telemetry.csv.gz", "rt") as file, open(sys.argv[1], "w") as out:
    rows = csv.DictReader(file)
    writer = csv.DictWriter(out, rows.fieldnames)
    writer.writeheader()
    for row in rows:
        # halves go up, as in firmware-example/src/likelihoods.rs
        whole = lambda name: min(int(float(row[name]) + 0.5), most)
        counts = {name: whole(name) for name in row if name not in ("time_s", "label")}
        writer.writerow({**row, **counts})
