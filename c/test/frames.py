"""The recorded frames for C: as rows of CSV, as an array; and scores as bits.

    frames.py rows                  CSV for `elbow score`
    frames.py array                 a header with FRAME_BYTES
    frames.py bits SCORES.csv LATENTS.csv EXPECTED.csv
                                    a line for each frame, as example/score.c prints it
"""

import csv
import re
import struct
import sys
from pathlib import Path

MODEL = Path(__file__).parents[2] / "firmware-example/model"
BYTES = (MODEL / "frames.bin").read_bytes()
NAMES = re.findall('"(.*?)"', re.search(r"DEMO_COLUMNS: .*? = \[(.*)\]", (MODEL / "demo.rs").read_text())[1])


def bits(text):
    return struct.pack(">f", float(text)).hex()


def rows(path, columns):
    with open(path, newline="") as file:
        return [[bits(row[column]) for column in columns(row)] for row in csv.DictReader(file)]


def main(what, *tables):
    if what == "rows":
        print(",".join(NAMES))
        for row in struct.iter_unpack(f"<{len(NAMES)}f", BYTES):
            print(",".join(repr(x) for x in row))
    elif what == "array":
        print(f"static const unsigned char FRAME_BYTES[] = {{{','.join(map(str, BYTES))}}};")
    else:
        scores, latents, expected = tables
        latents = rows(latents, lambda row: [name for name in row if name.startswith("mean_")])
        expected = rows(expected, lambda _: NAMES)
        with open(scores, newline="") as file:
            scores = list(csv.DictReader(file))
        of_frame = len(expected) // len(scores)
        for i, row in enumerate(scores):
            numbers = [row[name] for name in ("log_density", "effective_sample_size", "standard_error")]
            frame = sum(expected[of_frame * i : of_frame * (i + 1)], [])
            print(*latents[i], *frame, *map(bits, numbers), row["anomalous"])


main(*sys.argv[1:])
