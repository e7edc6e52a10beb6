"""Reads one CSV file with Elbow, pandas and Polars on one core, by turns, and prints megabytes per second.

    pip install pandas polars
    python3 docs/scripts/reading.py ELBOW [FILE.csv]

Without a file it makes one: 10^6 rows of 20 numbers with four digits behind the point, 150 MB.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time

os.environ["POLARS_MAX_THREADS"] = "1"
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def make(path, rows=1_000_000, columns=20):
    rng = random.Random(1)
    lines = [",".join("%.4f" % rng.gauss(0, 5) for _ in range(columns)) for _ in range(rows // 100)]
    with open(path, "w") as file:
        file.write(",".join("x%d" % i for i in range(columns)) + "\n")
        for _ in range(100):
            file.write("\n".join(lines) + "\n")


def timed(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main():
    elbow, given = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        path = given[0] if given else os.path.join(folder, "numbers.csv")
        if not given:
            make(path)
        import numpy
        import pandas
        import polars

        command = [elbow, "--threads", "1", "--json", "bench", "read", path, "--repeats", "1"]
        ways = {
            "Elbow": lambda: json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["seconds"],
            "pandas %s" % pandas.__version__: lambda: timed(lambda: pandas.read_csv(path, dtype=numpy.float32)),
            "Polars %s" % polars.__version__: lambda: timed(lambda: polars.read_csv(path)),
        }
        fastest = dict.fromkeys(ways, float("inf"))
        for _ in range(5):
            for name, way in ways.items():
                fastest[name] = min(fastest[name], way())
        size = os.path.getsize(path)
        print("%d bytes, the fastest of five" % size)
        for name, seconds in fastest.items():
            print("%-16s %.3f s  %4.0f MB/s" % (name, seconds, size / seconds / 1e6))


main()
