"""Density models that fit in a microcontroller.

>>> import elbow, numpy as np
>>> X = np.random.default_rng(0).normal(size=(1000, 3))
>>> detector = elbow.Density(seed=0).fit(X)
>>> detector.predict([[0.1, 0.2, 0.3], [9.0, 9.0, 9.0]])
array([ 1, -1])

:class:`Density` is an estimator of scikit-learn: it fits, scores and judges. :func:`open` gives the
:class:`Model` in a file, which scores with the bits of every device. ``elbow.duckdb``, ``elbow.datafusion``
and ``elbow.spark`` score the tables of these engines. ``python -m elbow`` is the command line.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from elbow._core import set_threads
from elbow._model import Cause, Model, Scores, Verdicts, open
from elbow.errors import (
    DataError,
    Error,
    FileError,
    FitError,
    ModelError,
    NotCalibratedError,
    Note,
    NotSupportedError,
    SettingError,
)

if TYPE_CHECKING:
    from elbow import datafusion, duckdb, spark
    from elbow._density import Density

__all__ = [
    "Cause",
    "DataError",
    "Density",
    "Error",
    "FileError",
    "FitError",
    "Model",
    "ModelError",
    "NotCalibratedError",
    "NotSupportedError",
    "Note",
    "Scores",
    "SettingError",
    "Verdicts",
    "datafusion",
    "duckdb",
    "open",
    "set_threads",
    "spark",
]


def __getattr__(name: str) -> Any:
    # scikit-learn takes a second to import, and who only opens models does without; so it is with engines
    if name == "Density":
        from elbow._density import Density

        return Density
    if name in ("datafusion", "duckdb", "spark"):
        return import_module(f"elbow.{name}")
    raise AttributeError(f"module 'elbow' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
