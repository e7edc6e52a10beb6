"""What mypy must know of the package; nothing runs here."""

from typing import assert_type

import numpy as np
import numpy.typing as npt

import elbow

Floats = npt.NDArray[np.float32]

model = elbow.open("pump.elbow")
assert_type(model, elbow.Model)
assert_type(model.judge([[1.0]]).anomalous, npt.NDArray[np.bool_])
assert_type(model.reconstruct([[1.0]]), Floats)
assert_type(model.explain([1.0])[0].column, str)
assert_type(model.calibrate([[1.0]], false_alarm=0.01), elbow.Model)
assert_type(model.pack([[1.0]], bound=2, resolution=0.1), bytes)
assert_type(model.threshold, float | None)

density = elbow.Density(latent="gaussian:4", hidden=[64, 32], seed=1).fit([[1.0]])
assert_type(density, elbow.Density)
assert_type(density.score_samples([[1.0]]), npt.NDArray[np.float64])
assert_type(density.predict([[1.0]]), npt.NDArray[np.int64])
assert_type(elbow.Density.load("pump.elbow").model_, elbow.Model)
