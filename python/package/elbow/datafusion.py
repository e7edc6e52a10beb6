"""Scores in DataFusion: ``elbow.datafusion.score(df, model)``, or a function for SQL by ``udf(model)``."""

from __future__ import annotations

from typing import Any

from elbow._arrow import no_column
from elbow._batch import Answer, AnyModel, Missing, Task, check_added, model_of
from elbow._needed import needed
from elbow.errors import DataError


def udf(
    model: AnyModel,
    name: str = "elbow_score",
    *,
    lists: bool = False,
    answer: Answer = "score",
    missing: Missing = "refuse",
) -> Any:
    """A scalar function of a model, for expressions and, by ``ctx.register_udf``, for SQL.

    It takes the columns one by one in the model's order, as DataFusion has no functions of many forms;
    :func:`score` finds them by name.

    Parameters
    ----------
    model : Model, Density or path
    name : str
        What SQL calls it.
    lists : bool
        Take one ``FixedSizeList<float32>`` of the numbers instead.
    answer : {"score", "verdict", "rows"}
        log p(x) in nats; a struct of ``log_density``, ``p_value`` and ``anomalous``; of packets, as
        :meth:`Model.pack` makes them, a list of the rows that they hold.
    missing : {"refuse", "null"}
        Whether a null or NaN among the numbers ends the query, or makes a null of the answer.
    """
    datafusion, pa = (
        needed("datafusion", "functions of DataFusion"),
        needed("pyarrow", "functions of DataFusion"),
    )
    task = Task(model, answer, missing)
    words = dict(task.model._about["categories"])
    columns = task.model.columns
    if answer == "rows":
        takes = [pa.binary()]
    elif lists:
        takes = [pa.list_(pa.float32(), len(columns))]
    else:
        # other numbers become these on the way, without a loss
        takes = [pa.string() if at in words else pa.float64() for at in range(len(columns))]
    return datafusion.udf(task.__call__, takes, task.kind, "immutable", name)


def score(
    df: Any,
    model: AnyModel,
    *,
    name: str = "log_density",
    answer: Answer = "score",
    missing: Missing = "refuse",
) -> Any:
    """The data frame with one more column, the answers; the model's columns are found by name."""
    datafusion = needed("datafusion", "functions of DataFusion")
    model = model_of(model)
    names = df.schema().names
    for column in model.columns:
        if names.count(column) != 1:
            raise DataError(no_column(model, column, names))
    check_added(names, [name])
    function = udf(model, answer=answer, missing=missing)
    # quoted, as a name without quotes is another in small letters
    quoted = ('"' + column.replace('"', '""') + '"' for column in model.columns)
    return df.with_column(name, function(*map(datafusion.col, quoted)))
