"""Wind with two prevailing directions, one of them across north, and a speed and a temperature that go with the direction.

    python3 docs/scripts/wind.py FOLDER      # needs NumPy

writes wind.csv (to fit), normal.csv (to calibrate and to evaluate) and test.csv, whose column `label` is 1 where the vane
has slipped by 80 to 110 degrees.
"""

import sys

import numpy as np

random = np.random.default_rng(7)


def rows(count):
    sea = random.random(count) < 0.6
    direction = np.where(sea, random.normal(355, 14, count), random.normal(140, 22, count)) % 360
    speed = np.where(sea, random.gamma(9, 0.9, count), random.gamma(6, 0.5, count))
    temperature = np.where(sea, random.normal(11, 1.5, count), random.normal(17, 2, count))
    return np.stack([direction, speed, temperature], 1)


def write(name, table, labels=None):
    columns = "direction,speed,temperature" + ("" if labels is None else ",label")
    table = table if labels is None else np.column_stack([table, labels])
    formats = ["%.1f", "%.2f", "%.2f", "%d"][: table.shape[1]]
    np.savetxt(f"{sys.argv[1]}/{name}.csv", table, formats, ",", header=columns, comments="")


write("wind", rows(4000))
write("normal", rows(2000))
test, labels = rows(2000), np.zeros(2000)
slipped = random.choice(2000, 200, replace=False)
labels[slipped] = 1
test[slipped, 0] = (test[slipped, 0] + random.choice([-1, 1], 200) * random.uniform(80, 110, 200)) % 360
write("test", test, labels)
