"""A model file: scores, verdicts and packets, with the bits of every device."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from elbow._arrow import is_arrow
from elbow._arrow import rows as _arrow_rows
from elbow._core import Engine
from elbow.errors import DataError

Floats: TypeAlias = npt.NDArray[np.float32]
StrPath: TypeAlias = "str | PathLike[str]"


#: the first bytes of what :meth:`Model.pack` gives
FILE_OF_PACKETS = b"\x89ELBOP\r\n"


class Scores(NamedTuple):
    """What the samples of a score say, of each row."""

    log_density: Floats
    """log p(x), in nats"""
    standard_error: Floats
    """of the log density, in nats; infinite for one sample"""
    effective_sample_size: Floats
    """how many of the samples carry the sum"""


class Verdicts(NamedTuple):
    """Decisions, and what they rest on, of each row."""

    anomalous: npt.NDArray[np.bool_]
    """whether it raises the alarm"""
    p_value: Floats
    """how often a normal row is as unlikely"""
    log_density: Floats
    """log p(x), in nats"""


class Cause(NamedTuple):
    """A number of a row that normal rows seldom have."""

    column: str
    surprise: float
    """0: as in half of the normal rows, 1: as in one of a hundred"""
    value: float
    expected: float
    """what the model makes of the row there"""


def open(path: StrPath) -> Model:
    """The model in a file.

    Raises :class:`FileError` where it cannot be read, :class:`ModelError` where it is no sound model.
    """
    return Model._of(Engine.open(path))


class Model:
    """A model of a file. One row (an array of one dimension) gives a number, rows give an array.

    Rows are what NumPy makes an array of numbers of, or a table of pandas, Polars or Arrow, whose columns are
    found by name. A model of windows takes windows as rows: see :meth:`windows`.
    """

    __slots__ = ("_about", "_engine")
    _engine: Engine
    _about: dict[str, Any]

    def __init__(self, data: bytes) -> None:
        self._engine = Engine(data)
        self._about = self._engine.about()

    @classmethod
    def _of(cls, engine: Engine) -> Model:
        model = cls.__new__(cls)
        model._engine, model._about = engine, engine.about()
        return model

    def __reduce__(self) -> tuple[type[Model], tuple[bytes]]:
        return type(self), (self.to_bytes(),)

    def __repr__(self) -> str:
        alarm = f", false_alarm={self.false_alarm:g}" if self.is_calibrated else ""
        return f"<elbow.Model {self.name!r}: {self._about['shape']}{alarm}>"

    @property
    def name(self) -> str:
        """The name that devices know it by."""
        return str(self._about["name"])

    @property
    def columns(self) -> list[str]:
        """Of each number of a row; in windows with the step behind it, as in ``cpu@3``."""
        return list(self._about["columns"])

    @property
    def window(self) -> int:
        """Rows of the data that make one row of the model."""
        return int(self._about["window"])

    @property
    def samples(self) -> int:
        """K, the samples of a score unless another number is asked for."""
        return int(self._about["samples"])

    @property
    def takes_gaps(self) -> bool:
        """Whether NaN is a number that is missing, as after ``elbow fit --missing model``, or refused."""
        return bool(self._about["takes_gaps"])

    @property
    def is_calibrated(self) -> bool:
        """Whether it has an alarm threshold."""
        return "threshold" in self._about

    @property
    def threshold(self) -> float | None:
        """Rows below it, in nats, raise the alarm."""
        return self._about.get("threshold")

    @property
    def false_alarm(self) -> float | None:
        """At most this part of normal rows raises the alarm."""
        return self._about.get("false_alarm")

    def score(self, X: Any, samples: int | None = None) -> Any:
        """log p(x) of each row in nats, higher is more typical: a function of model, row and ``samples``."""
        return self._engine.log_density(self._rows(X), samples)

    def scores(self, X: Any, samples: int | None = None) -> Scores:
        """As :meth:`score`, with what the samples say of its error."""
        return Scores(*self._engine.scores(self._rows(X), samples))

    def judge(self, X: Any) -> Verdicts:
        """Whether each row raises the alarm. Raises :class:`NotCalibratedError` without a threshold.

        Of a row that lacks numbers for whose absence there is no threshold nothing is known: it raises no
        alarm, and its p-value is NaN. ``elbow calibrate --missing one`` sets those of rows that lack one.
        """
        return Verdicts(*self._engine.judge(self._rows(X)))

    def surprises(self, X: Any) -> Floats:
        """Of each number, how much less likely it is than in normal rows: 1 is as in one of a hundred."""
        return self._engine.surprises(self._rows(X))

    def explain(self, x: Any, top: int = 3) -> list[Cause]:
        """The numbers of one row that are least like those of normal rows, the oddest first."""
        row = np.asarray(self._rows(x), dtype=np.float32).reshape(-1)
        surprises, expected = self._engine.surprises(row), self._engine.reconstruct(row)
        order = np.argsort(-surprises, kind="stable")[:top]
        names = self._about["columns"]
        return [Cause(names[i], float(surprises[i]), float(row[i]), float(expected[i])) for i in order]

    def reconstruct(self, X: Any) -> Floats:
        """What the model expects of each row, in its units."""
        return self._engine.reconstruct(self._rows(X))

    def encode(self, X: Any) -> Floats:
        """The most likely latent of each row."""
        return self._engine.encode(self._rows(X))

    def sample(self, n: int = 1, seed: int = 0) -> Floats:
        """Rows drawn from the model, the same for a seed as ``elbow sample`` draws."""
        return self._engine.sample(n, seed)

    def in_words(self, rows: Any) -> npt.NDArray[np.object_]:
        """Rows of the model's, as :meth:`sample` and :meth:`reconstruct` give them, in words."""
        rows = np.asarray(rows)
        told: npt.NDArray[np.object_] = rows.astype(object)
        width = len(self.columns) // self.window
        for column, words in self._about["categories"]:
            for at in range(column, len(self.columns), width):
                codes = np.rint(rows[..., at]).astype(int)
                told[..., at] = np.array(words, dtype=object)[codes]
        return told

    def calibrate(self, X: Any, false_alarm: float = 0.01, samples: int | None = None) -> Model:
        """The same model with an alarm threshold, by normal rows that the fit has not seen.

        Of new rows like them at most the part ``false_alarm`` raises the alarm, whatever model and data.
        """
        return Model._of(self._engine.calibrate(self._rows(X), false_alarm, samples))

    def windows(self, X: Any) -> npt.NDArray[Any]:
        """Consecutive rows joined to the windows that the model takes, as ``elbow score`` joins them."""
        rows = np.asarray(X)
        size, hop = self.window, int(self._about["hop"])
        if rows.ndim != 2 or len(rows) < size:
            raise DataError(f"X: a window takes {size} consecutive rows, and its shape is {list(rows.shape)}")
        views = np.lib.stride_tricks.sliding_window_view(rows, size, axis=0)[::hop]
        return views.swapaxes(1, 2).reshape(len(views), -1)

    def pack(
        self, X: Any, bound: int | None = None, resolution: float | Sequence[float] | None = None
    ) -> bytes:
        """Rows as packets: the bytes that ``elbow compress`` writes.

        Without ``bound`` the very numbers come back, or none are packed; with it what comes back is within so
        many steps of the ``resolution``.
        """
        steps = None if resolution is None else [float(step) for step in np.atleast_1d(resolution)]
        with tempfile.TemporaryDirectory() as folder:
            rows, packets = Path(folder, "X.npy"), Path(folder, "X.packets")
            np.save(rows, np.asarray(self._rows(X) if self.window == 1 else X))
            self._engine.pack(rows, packets, bound, steps)
            return packets.read_bytes()

    def unpack(self, packets: bytes) -> npt.NDArray[Any]:
        """The rows that were packed, as ``elbow decompress`` gives them.

        What is no file of packets is taken for one packet, as a device sends it by the plan in the model's
        file (``elbow calibrate --packets``): by that very file, not by one calibrated since.
        """
        if not packets.startswith(FILE_OF_PACKETS):
            return self._engine.unpack_one(packets)
        with tempfile.TemporaryDirectory() as folder:
            rows, file = Path(folder, "X.npy"), Path(folder, "X.packets")
            file.write_bytes(packets)
            self._engine.unpack(file, rows)
            unpacked: npt.NDArray[Any] = np.load(rows)
            return unpacked

    def to_bytes(self) -> bytes:
        """The file, with its signature where it has one."""
        return self._engine.to_bytes()

    def save(self, path: StrPath) -> None:
        """Writes the file, whole or not at all, with its signature where it has one."""
        self._engine.save(path)

    def to_firmware(self, folder: StrPath) -> list[Path]:
        """Writes ``NAME.elbow``, the Rust type ``NAME.rs`` and the C array ``NAME.h``; none is signed."""
        base = Path(folder)
        base.mkdir(parents=True, exist_ok=True)
        files = [base / f"{self.name}.{ending}" for ending in ("elbow", "rs", "h")]
        self._engine.save(files[0], signed=False)
        files[1].write_text(self._engine.rust(), encoding="utf-8")
        files[2].write_text(self._engine.c_header(), encoding="utf-8")
        return files

    def _rows(self, X: Any) -> Any:
        """Of a table the model's columns, by name, with the codes of words."""
        if is_arrow(X):
            return _arrow_rows(self, X)
        if not (hasattr(X, "columns") and hasattr(X, "iloc")):
            return X
        wanted, words = self._about["columns"], dict(self._about["categories"])
        missing = [name for name in wanted if name not in X.columns]
        if missing:
            raise DataError(f"X: has no column `{missing[0]}`; the model takes {', '.join(map(str, wanted))}")
        if not words:
            return X[wanted].to_numpy()
        return np.column_stack([_codes(X[name], words.get(i)) for i, name in enumerate(wanted)])


def _codes(column: Any, words: list[str] | None) -> npt.NDArray[np.float64]:
    """Numbers as they are; of words their places in the list."""
    if words is None:
        numbers: npt.NDArray[np.float64] = column.to_numpy(dtype=np.float64)
        return numbers
    code = {word: place for place, word in enumerate(words)}
    unknown = [word for word in column.astype(str) if word not in code]
    if unknown:
        problem = f"is none of the values that the model knows: {', '.join(words[:16])}"
        raise DataError(f"X: column `{column.name}`: `{unknown[0]}` {problem}")
    return column.astype(str).map(code).to_numpy(dtype=np.float64)  # type: ignore[no-any-return]
