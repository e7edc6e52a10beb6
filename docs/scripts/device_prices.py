#!/usr/bin/env python3
"""Fits the prices of `elbow inspect` to counts, and writes host/src/file/cost/cores.rs.

    cargo run -p elbow-tests --bin device-shapes > counts.csv
    docs/scripts/device_prices.py counts.csv > host/src/file/cost/cores.rs

A bound is never below a count. Of all prices with which that holds those are taken whose worst excess is the
smallest: a linear program for each core, level and kind of model. Prices that no model of the matrix tells
apart (an activation by comparison, an exponential) are those of the device benchmark. Needs SciPy.
"""

import csv
import sys

import numpy as np
from scipy.optimize import linprog

# Room above the highest count, of other shapes.
ROOM = 1.02
STACK_ROOM = 48
# Bytes for each coordinate of the latent, as in host/src/file/cost/stack.rs.
LATENT = 32
# Bytes for each number of a frame, by kind, of which the nearest is taken: two vectors of floats, of integers one of 16 bits
# beside them. And for each number in a hidden layer at least: four samples of it in floats.
INPUT = [range(8, 9), range(8, 9), range(9, 12), range(8, 24)]
HIDDEN = [16, 16, 0, 0]
TERMS = 12
KINDS = ["F32", "Int8", "Int8x8", "mixture"]
# Which terms are fitted, by kind: all else is from the benchmark.
FREE = [[0, 1, 2, 3, 7, 8, 11], [0, 1, 2, 3, 11], [0, 1, 2, 3, 8, 11], [8, 9, 10, 11]]
# Activation by comparison, with an exponential; exponential; latent coordinate; feature: docs/benchmarks.md.
BENCHMARK = {
    "Cortex-M0": [8.0, 2691.0, 2038.0, 1681.0, 556.0],
    "Cortex-M4F": [3.0, 32.9, 21.3, 47.6, 4.85],
    "Cortex-M33": [3.0, 32.9, 21.3, 47.6, 4.58],
    "Cortex-M55": [1.0, 13.7, 12.1, 50.2, 5.03],
    "RV32IMAC": [6.0, 1471.0, 1104.0, 944.0, 309.0],
}
# Flash of loading and scoring the typical model: tests/src/bench/ceilings.csv.
CODE = {
    ("Cortex-M0", "3"): 15496, ("Cortex-M4F", "3"): 11900, ("Cortex-M33", "3"): 11852,
    ("Cortex-M55", "3"): 10916, ("RV32IMAC", "3"): 20112,
    ("Cortex-M0", "s"): 12044, ("Cortex-M4F", "s"): 8904, ("RV32IMAC", "s"): 15720,
}  # fmt: skip


def fit(terms, counts, fixed, near):
    """Prices whose sums are at least the counts, the worst ratio as small as can be of those that are to be near."""
    free = terms.shape[1]
    rows = np.block([[-terms, np.zeros((len(counts), 1))], [terms[near], -counts[near, None]]])
    limits = np.concatenate([fixed - counts, -fixed[near]])
    goal = np.append(np.zeros(free), 1.0)
    answer = linprog(goal, A_ub=rows, b_ub=limits, bounds=[(0, None)] * (free + 1))
    assert answer.success, answer.message
    return answer.x[:-1], answer.x[-1]


def instructions(kind, base, lines):
    terms = np.array([line["terms"] for line in lines])
    counts = np.array([line["instructions"] for line in lines]) * ROOM
    prices = np.zeros(TERMS)
    prices[4:9] = base
    free = FREE[kind]
    prices[free] = 0.0
    # of other laws an exponential stands for a logarithm or a division: near on no core
    near = np.array([not any(law in line["shape"] for law in ("student-t", "discretized")) for line in lines])
    prices[free], worst = fit(terms[:, free], counts, terms @ prices, near)
    # rounded up, so that the bound holds as printed
    return np.ceil(prices * 1000) / 1000, worst * ROOM


def stack(kind, lines):
    """Bytes alone, for each number of a frame, for each in a hidden layer."""
    depth = np.array([line["stack"] for line in lines], float) + STACK_ROOM
    latent = 0 if kind == 3 else LATENT
    # what lies in memory whatever the compiler does is no matter of a fit: wider models must not go below
    lanes, best = HIDDEN[kind], None
    for vectors in INPUT[kind]:
        fixed = sum(np.array([each * line[name] for line in lines], float)
                    for each, name in ((latent, "latent"), (vectors, "input"), (lanes, "hidden")))  # fmt: skip
        terms = np.array([[1.0, line["hidden"]] for line in lines])
        (alone, hidden), worst = fit(terms, depth, fixed, np.full(len(lines), True))
        if best is None or worst < best[3]:
            best = (alone, vectors, lanes + hidden, worst)
    return best


def read(path):
    groups = {}
    lines = (line for line in open(path) if not line.startswith("#"))
    for line in csv.DictReader(lines, delimiter=";"):
        kind = 3 if line["shape"].startswith("mixture") else KINDS.index(line["weights"])
        core, level = line["core"].split(",")[0], "s" if "opt-level=s" in line["core"] else "3"
        line["terms"] = [float(x) for x in line["terms"].strip("[]").split(",")]
        for name in ("input", "hidden", "latent", "instructions", "stack", "explained"):
            line[name] = int(line[name])
        groups.setdefault((core, level), [[], [], [], []])[kind].append(line)
    return groups


def main():
    groups = read(sys.argv[1])
    print("//! The prices. Written by `docs/scripts/device_prices.py` from counts of the bin `device-shapes`.\n")
    print("use super::{Core, Stack};\n")
    print("/// All cores, each at level 3 and, where it was counted, at `s`.")
    print(f"pub const CORES: [Core; {len(groups)}] = [")
    for (core, level), kinds in sorted(groups.items(), key=lambda one: (list(BENCHMARK).index(one[0][0]), one[0][1])):
        name = "Cortex-M0, M3" if core == "Cortex-M0" else core
        rows, stacks = [], []
        for kind, lines in enumerate(kinds):
            prices, worst = instructions(kind, BENCHMARK[core], lines)
            rows.append("[" + ", ".join(f"{price:.3f}".rstrip("0").rstrip(".") + (".0" if price == int(price) else "") for price in prices) + "]")
            alone, vectors, hidden, over = stack(kind, lines)
            stacks.append(f"Stack {{ alone: {np.ceil(alone):.1f}, input: {vectors:.1f}, hidden: {np.ceil(hidden * 10) / 10:.1f} }}")
            extra = max(line["explained"] - line["stack"] - 16 * line["input"] for line in lines)
            print(f"{core:10} {level} {KINDS[kind]:8} instructions at most {worst - 1:6.1%} above, stack {over - 1:6.1%}, causes 16·x + {extra}", file=sys.stderr)
        print(f"    Core {{\n        name: \"{name}\",\n        level: \"{level}\",\n        code: {CODE[core, level]:_},")
        print("        prices: [\n" + "".join(f"            {row},\n" for row in rows) + "        ],")
        print("        stack: [\n" + "".join(f"            {row},\n" for row in stacks) + "        ],\n    },")
    print("];")


main()
