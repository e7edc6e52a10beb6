"""The recorded frames for C: as rows of CSV, as an array; and scores as bits.

    frames.py rows                  CSV for `elbow score`
    frames.py array                 a header with FRAME_BYTES
    frames.py bits < SCORES.csv     a line for each frame, as example/score.c prints it
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


def main(what):
    if what == "rows":
        print(",".join(NAMES))
        for row in struct.iter_unpack(f"<{len(NAMES)}f", BYTES):
            print(",".join(repr(x) for x in row))
    elif what == "array":
        print(f"static const unsigned char FRAME_BYTES[] = {{{','.join(map(str, BYTES))}}};")
    else:
        for row in csv.DictReader(sys.stdin):
            numbers = [row[name] for name in ("log_density", "effective_sample_size", "standard_error")]
            print(*map(bits, numbers), row["anomalous"])


main(sys.argv[1])
