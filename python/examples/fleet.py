"""Frames per second of DuckDB, DataFusion and Spark beside the command line: one file, model and run.

python python/examples/fleet.py [ROWS]     (pip install duckdb datafusion pyspark; Spark needs Java)
"""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import elbow

CHANNELS = 9
NAMES = [f"channel{i}" for i in range(CHANNELS)]


def best(work, repeats=2):
    """Seconds of the quickest run."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def command(threads, folder):
    """The command line; it starts and reads its file, as the engines do."""
    words = [
        sys.executable,
        "-m",
        "elbow",
        "--threads",
        threads,
        "eval",
        folder / "m.elbow",
        folder / "X.npy",
    ]
    return lambda: subprocess.run(list(map(str, words)), check=True, capture_output=True)


def numpy(threads, folder):
    """An array in memory."""
    model, X = elbow.open(folder / "m.elbow"), np.load(folder / "X.npy")
    elbow.set_threads(threads)
    return lambda: model.score(X)


def duckdb(threads, folder):
    """SQL over Parquet."""
    import duckdb

    con = duckdb.connect(config={"threads": threads})
    elbow.set_threads(threads)
    elbow.duckdb.register(con, folder / "m.elbow")
    return lambda: con.sql(f"SELECT min(elbow_score(x)) FROM '{folder}/X.parquet' x").fetchall()


def datafusion(threads, folder):
    """A data frame over Parquet."""
    from datafusion import SessionConfig, SessionContext, col, functions

    context = SessionContext(SessionConfig().with_target_partitions(threads))
    context.register_parquet("x", str(folder / "X.parquet"))
    elbow.set_threads(threads)
    scored = elbow.datafusion.score(context.table("x"), folder / "m.elbow")
    lowest = scored.aggregate([], [functions.min(col("log_density"))])
    return lowest.collect


def spark(threads, folder):
    """A data frame over Parquet, a Python process for each core; its start is not counted."""
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master(f"local[{threads}]").config("spark.ui.enabled", "false")
    session = builder.config("spark.driver.memory", "1g").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    frames = session.read.parquet(str(folder / "X.parquet"))
    scored = elbow.spark.score(frames, folder / "m.elbow", keep=[])

    def work():
        scored.agg({"log_density": "min"}).collect()

    # its processes are started
    elbow.spark.score(frames.limit(100), folder / "m.elbow", keep=[]).collect()
    work.end = session.stop
    return work


def main():
    """All of them with one thread, then with two."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    X = np.random.default_rng(0).normal(size=(rows, CHANNELS)).astype(np.float32)
    table = pa.table(dict(zip(NAMES, X.T, strict=True)))
    settings = dict(latent="gaussian:4", hidden=[32, 16], epochs=2, false_alarm=None)
    engines = [command, numpy, duckdb, datafusion, spark]
    there = [engine for engine in engines if engine is not spark or importlib.util.find_spec("pyspark")]
    told = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        np.save(folder / "X.npy", X)
        pq.write_table(table, folder / "X.parquet", row_group_size=125_000)
        for kind, fit in (("network", settings), ("mixture", dict(mixture=8, false_alarm=None))):
            elbow.Density(**fit).fit(table.slice(0, 5000)).save(folder / "m.elbow")
            for engine in there:
                for threads in (1, 2):
                    work = engine(threads, folder)
                    seconds = best(work)
                    getattr(work, "end", lambda: None)()
                    told[f"{kind}, {engine.__name__}, {threads} threads"] = {
                        "seconds of a million": round(seconds / rows * 1e6, 2),
                        "rows/s": round(rows / seconds),
                    }
                    print(list(told)[-1], told[list(told)[-1]], file=sys.stderr, flush=True)
    print(json.dumps(told, indent=2))


if __name__ == "__main__":
    main()
