"""What engines of tables ask of a model: of a batch of rows an array of answers."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from elbow._arrow import of_arguments
from elbow._model import Model, open
from elbow._needed import needed
from elbow.errors import DataError, NotCalibratedError, SettingError

if TYPE_CHECKING:
    from elbow._density import Density

AnyModel: TypeAlias = "Model | Density | str | PathLike[str]"
#: log p(x); that with p-value and verdict; the rows of packets
Answer: TypeAlias = Literal["score", "verdict", "rows"]
#: what becomes of rows that lack a number
Missing: TypeAlias = Literal["refuse", "null"]

VERDICT = ("log_density", "p_value", "anomalous")

pa = needed("pyarrow", "engines of tables")


def model_of(model: AnyModel) -> Model:
    """The model, of an estimator its fitted one, of a path that in the file."""
    if isinstance(model, Model):
        return model
    if isinstance(model, (str, PathLike)):
        return open(model)
    fitted = getattr(model, "model_", None)
    if not isinstance(fitted, Model):
        raise SettingError(f"model={model!r}: give a model, a fitted Density, or the path of a model file")
    return fitted


class Task:
    """A model and what is asked of it. It answers columns of one batch with an array."""

    def __init__(self, model: AnyModel, answer: Answer = "score", missing: Missing = "refuse") -> None:
        for name, word, words in (("answer", answer, Answer), ("missing", missing, Missing)):
            if word not in get_args(words):
                raise SettingError(f"{name}={word!r}: give one of {', '.join(map(repr, get_args(words)))}")
        self.model, self.answer, self.missing = model_of(model), answer, missing
        if answer == "verdict" and not self.model.is_calibrated:
            raise NotCalibratedError(
                "the model has no alarm threshold; set it by normal rows that the fit has not seen: "
                "calibrate(X, false_alarm=0.01)"
            )

    @property
    def kind(self) -> Any:
        """The type of the answers."""
        if self.answer == "score":
            return pa.float32()
        if self.answer == "verdict":
            kinds = (pa.float32(), pa.float32(), pa.bool_())
            return pa.struct(list(zip(VERDICT, kinds, strict=True)))
        return pa.list_(pa.list_(pa.float64(), len(row_columns(self.model))))

    def __call__(self, *columns: Any) -> Any:
        """The answer of each row, as an array of Arrow."""
        if self.answer == "rows":
            return unpacked(self.model, columns[0])
        answers = self.of_rows(of_arguments(self.model, columns))
        return answers[0] if self.answer == "score" else pa.StructArray.from_arrays(answers, VERDICT)

    def of_rows(self, rows: npt.NDArray[Any]) -> list[Any]:
        """One array for each of the numbers of an answer."""
        lacks = np.all if self.model.takes_gaps else np.any
        is_whole = ~lacks(np.isnan(rows), axis=1) if rows.dtype.kind == "f" else np.ones(len(rows), bool)
        takes_all = self.missing == "refuse" or bool(is_whole.all())
        try:
            answers = self._asked(rows if takes_all else rows[is_whole])
        except DataError as refused:
            if is_whole.all() or not takes_all:
                raise
            raise DataError(f'{refused}; with missing="null" such a row has no score') from None
        if not takes_all:
            answers = [_spread(answer, is_whole) for answer in answers]
        known = [is_whole | takes_all]
        if self.answer == "verdict":
            # of a row that lacks numbers there may be a score, and no p-value
            judged = known[0] & ~np.isnan(answers[1])
            known += [judged, judged]
        return [pa.array(answer, mask=~is_known) for answer, is_known in zip(answers, known, strict=True)]

    def _asked(self, rows: npt.NDArray[Any]) -> list[npt.NDArray[Any]]:
        if self.answer == "score":
            return [self.model.score(rows)]
        verdicts = self.model.judge(rows)
        return [verdicts.log_density, verdicts.p_value, verdicts.anomalous]


def _spread(answer: npt.NDArray[Any], places: npt.NDArray[np.bool_]) -> npt.NDArray[Any]:
    spread = np.zeros(len(places), answer.dtype)
    spread[places] = answer
    return spread


def row_columns(model: Model) -> list[str]:
    """The columns of a row as it was read; a window has some of them."""
    width = len(model.columns) // model.window
    return [name.removesuffix("@0") for name in model.columns[:width]] if model.window > 1 else model.columns


def unpacked(model: Model, packets: Any) -> Any:
    """Of each cell of packets a list of its rows; of one that is null null."""
    cells = [cell.as_py() for cell in packets]
    for row, cell in enumerate(cells):
        if not isinstance(cell, (bytes, type(None))):
            raise DataError(
                f"packets: row {row + 1}: it is of type `{packets.type}`; give bytes of Model.pack"
            )
    rows = [None if cell is None else rows_of(model, cell) for cell in cells]
    lengths = [0 if of_cell is None else len(of_cell) for of_cell in rows]
    width = len(row_columns(model))
    flat = np.concatenate([np.empty((0, width)), *(of_cell for of_cell in rows if of_cell is not None)])
    frames = pa.FixedSizeListArray.from_arrays(pa.array(flat.reshape(-1)), width)
    mask = pa.array([of_cell is None for of_cell in rows], pa.bool_())
    return pa.ListArray.from_arrays(pa.array(np.cumsum([0, *lengths]), pa.int32()), frames, mask=mask)


def rows_of(model: Model, packets: bytes) -> npt.NDArray[np.float64]:
    """The rows of packets, each as wide as the model's."""
    rows = np.asarray(model.unpack(packets), np.float64)
    wanted = len(row_columns(model))
    if rows.ndim != 2 or rows.shape[1] != wanted:
        raise DataError(f"packets: their rows have {rows.shape[-1]} numbers, those of the model {wanted}")
    return rows


def check_added(columns: Sequence[str], added: Sequence[str]) -> None:
    """Refuses answers that would have the names of columns that are there."""
    for name in added:
        if name in columns:
            raise SettingError(f"there is a column `{name}` already; leave it out, or rename it")
