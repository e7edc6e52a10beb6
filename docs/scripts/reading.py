"""Reads one CSV file with Elbow, pandas and Polars on one core, by turns, and prints megabytes per second of the processor's time,
which other work on the machine does not add to, and of the time that went by.

    pip install pandas polars
    python3 docs/scripts/reading.py ELBOW [FILE.csv]

Without a file it makes one: 10^6 rows of 20 numbers with four digits behind the point, 150 MB.
"""

import os
import random
import resource
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
    """Seconds of the processor, of children too, and seconds that went by."""
    used = lambda: sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    start = used(), time.perf_counter()
    work()
    return used() - start[0], time.perf_counter() - start[1]


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
            "Elbow": lambda: subprocess.run(command, capture_output=True, check=True),
            "pandas %s" % pandas.__version__: lambda: pandas.read_csv(path, dtype=numpy.float32),
            "Polars %s" % polars.__version__: lambda: polars.read_csv(path),
        }
        fastest = dict.fromkeys(ways, (float("inf"), float("inf")))
        for _ in range(5):
            for name, way in ways.items():
                fastest[name] = tuple(map(min, fastest[name], timed(way)))
        size = os.path.getsize(path)
        print("%d bytes, the fastest of five, processes and all" % size)
        for name, times in fastest.items():
            print("%-16s processor %.3f s  %4.0f MB/s   clock %.3f s  %4.0f MB/s"
                  % (name, *(figure for seconds in times for figure in (seconds, size / seconds / 1e6))))


main()
