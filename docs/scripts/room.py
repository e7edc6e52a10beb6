#!/usr/bin/env python3
"""Writes two sensors of a room, a row a minute, for the examples of the crate `elbow`.

The temperature follows the day and the heating's cycle of 20 minutes; the humidity falls as it rises. The model
in core/examples/room was made by

    docs/scripts/room.py > room.csv
    elbow fit room.csv --rows 1:20000 --window 4 --hop 4 --hidden 8 --latent gaussian:2 --epochs 20 --seed 1 --out room.elbow
    elbow calibrate room.elbow room.csv --rows 20001:60000 --false-alarm 0.01 --samples 16
    elbow calibrate room.elbow room.csv --rows 1:20000 --packets --bound 1 --windows-per-packet 8
"""

import math
import random

random.seed(1)
print("temperature_c,humidity_percent")
for minute in range(60_000):
    day = math.sin(2 * math.pi * minute / 1440)
    cycle = math.sin(2 * math.pi * minute / 20)
    temperature = 21 + 1.5 * day + 0.4 * cycle + random.gauss(0, 0.05)
    humidity = 45 - 3 * (temperature - 21) + random.gauss(0, 0.3)
    print(f"{temperature:.2f},{humidity:.1f}")
