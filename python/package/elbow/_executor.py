"""What runs in the Python processes of Spark's executors. Instances are pickled there."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from elbow._arrow import of_table
from elbow._batch import Answer, Missing, Task, row_columns, unpacked
from elbow._core import set_threads
from elbow._model import Model
from elbow._needed import needed


class Held(NamedTuple):
    """The bytes of a model where there is no broadcast, as on Spark Connect."""

    value: bytes


@lru_cache(maxsize=8)
def opened(data: bytes) -> Model:
    """A model, opened once a process. Spark has a process for each core: a thread each."""
    set_threads(1)
    return Model(data)


class Scores(NamedTuple):
    """Batches with the columns that are kept, and the answers behind them."""

    sent: Any
    frames: str | None
    kept: list[str]
    added: list[str]
    missing: Missing

    def run(self, batches: Iterator[Any]) -> Iterator[Any]:
        """Some rows after others."""
        pa = needed("pyarrow", "executors of Spark")
        model = opened(self.sent.value)
        task = Task(model, "score" if len(self.added) == 1 else "verdict", self.missing)
        for batch in batches:
            answers = task.of_rows(of_table(model, batch, self.frames))
            kept = [batch.column(name) for name in self.kept]
            yield pa.RecordBatch.from_arrays([*kept, *answers], [*self.kept, *self.added])


class Unpacks(NamedTuple):
    """Batches with the rows that packets hold, and columns that are repeated for each."""

    sent: Any
    packets: str
    kept: list[str]

    def run(self, batches: Iterator[Any]) -> Iterator[Any]:
        """Some packets after others."""
        pa, compute = (needed(name, "executors of Spark") for name in ("pyarrow", "pyarrow.compute"))
        model = opened(self.sent.value)
        columns = row_columns(model)
        for batch in batches:
            rows = unpacked(model, batch.column(self.packets))
            parents = compute.list_parent_indices(rows)
            flat = rows.flatten().flatten().to_numpy().reshape(-1, len(columns))
            kept = [batch.column(name).take(parents) for name in self.kept]
            yield pa.RecordBatch.from_arrays([*kept, *map(pa.array, flat.T)], [*self.kept, *columns])


class Function(NamedTuple):
    """A function of SQL."""

    data: bytes
    answer: Answer
    missing: Missing

    def run(self, *columns: Any) -> Any:
        """Of a batch's columns the answers."""
        pa = needed("pyarrow", "executors of Spark")
        answers = Task(opened(self.data), self.answer, self.missing)(*columns)
        # Spark has no lists of one width
        return answers.cast(pa.list_(pa.list_(pa.float64()))) if self.answer == "rows" else answers
