"""Scores on Spark: ``elbow.spark.score(df, model)``.

The model goes once to each executor, as a broadcast, and is opened once by each of its Python processes,
which score with one thread each: Spark has a process for each core. Executors need this package too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from elbow._arrow import no_column, of_table
from elbow._batch import VERDICT, Answer, AnyModel, Missing, Task, check_added, model_of, row_columns
from elbow._executor import Function, Held, Scores, Unpacks
from elbow._model import Model
from elbow._needed import needed
from elbow.errors import DataError, NotSupportedError

KINDS = {"log_density": "float", "p_value": "float", "anomalous": "boolean"}


def score(
    df: Any,
    model: AnyModel,
    *,
    frames: str | None = None,
    keep: Sequence[str] | None = None,
    missing: Missing = "refuse",
) -> Any:
    """The data frame with ``log_density``, and where the model is calibrated ``p_value`` and ``anomalous``.

    Parameters
    ----------
    df : pyspark.sql.DataFrame
        The model's columns are found by name.
    model : Model, Density or path
        The path is of this machine: executors need no file.
    frames : str, optional
        The column whose lists are the rows, instead of one column for each number.
    keep : list of str, optional
        Columns that the result has too. By default all.
    missing : {"refuse", "null"}
        Whether a null or NaN among the numbers ends the job, or makes nulls of the answers.
    """
    model = Task(model, "score", missing).model
    taken = _there(df, model.columns if frames is None else [frames], model)
    kept = list(df.columns if keep is None else _there(df, keep))
    added = list(VERDICT if model.is_calibrated else VERDICT[:1])
    work = Scores(_sent(df, model), frames, kept, added, missing)
    return _mapped(df, kept, taken, added, work)


def unpack(df: Any, model: AnyModel, packets: str = "packets", *, keep: Sequence[str] | None = None) -> Any:
    """A row for each row that was packed, in the model's columns.

    The column ``packets`` holds what :meth:`Model.pack` made. Columns of ``keep``, by default all others, are
    repeated. A null holds no rows.
    """
    model = model_of(model)
    taken = _there(df, [packets])
    others = [name for name in df.columns if name != packets]
    kept = list(others if keep is None else _there(df, keep))
    return _mapped(df, kept, taken, row_columns(model), Unpacks(_sent(df, model), packets, kept))


def calibrate(
    df: Any,
    model: AnyModel,
    false_alarm: float = 0.01,
    *,
    rows: int = 100_000,
    seed: int = 0,
    frames: str | None = None,
) -> Model:
    """The same model with an alarm threshold, by about so many rows drawn from a data frame of normal ones.

    Of new rows like them at most the part ``false_alarm`` raises the alarm, of all devices of the data frame
    together. The rows must not be those of the fit.
    """
    model = model_of(model)
    taken = _there(df, model.columns if frames is None else [frames], model)
    drawn = df.select(*map(_quoted, taken))
    there = drawn.count()
    if there > rows:
        drawn = drawn.sample(fraction=rows / there, seed=seed)
    return model.calibrate(of_table(model, drawn.toArrow(), frames), false_alarm)


def register(
    spark: Any,
    model: AnyModel,
    name: str = "elbow_score",
    *,
    answer: Answer = "score",
    missing: Missing = "refuse",
) -> None:
    """Makes a function of Spark's SQL, as :func:`elbow.duckdb.register` does; Spark 4.1 or later.

    ``elbow_score(struct(*))`` finds the model's columns by name; it also takes them one by one, or as one
    list.
    """
    functions = needed("pyspark.sql.functions", "functions of Spark")
    if not hasattr(functions, "arrow_udf"):
        raise NotSupportedError(
            "functions of SQL need Spark 4.1 or later; score(df, model) does without them"
        )
    task = Task(model, answer, missing)
    verdict = ", ".join(f"{field}: {KINDS[field]}" for field in VERDICT)
    kinds = {"score": "float", "verdict": f"struct<{verdict}>", "rows": "array<array<double>>"}
    work = Function(task.model.to_bytes(), answer, missing)
    spark.udf.register(name, functions.arrow_udf(work.run, kinds[answer], functions.ArrowUDFType.SCALAR))


def _there(df: Any, names: Sequence[str], model: Model | None = None) -> Sequence[str]:
    """The names, where a column has each."""
    for name in names:
        if df.columns.count(name) != 1:
            raise DataError(no_column(model, name, df.columns))
    return names


def _sent(df: Any, model: Model) -> Any:
    """The model on its way to the executors."""
    data = model.to_bytes()
    try:
        return df.sparkSession.sparkContext.broadcast(data)
    except AttributeError:
        # Spark Connect has none: the bytes go with the function
        return Held(data)


def _mapped(df: Any, kept: Sequence[str], taken: Iterable[str], added: Sequence[str], work: Any) -> Any:
    """What the work makes of the columns that it takes, with those that are kept."""
    check_added(kept, added)
    types = needed("pyspark.sql.types", "data frames of Spark")
    chosen = df.select(*map(_quoted, dict.fromkeys([*kept, *taken])))
    fields = [chosen.schema[name] for name in kept]
    made = {"boolean": types.BooleanType, "float": types.FloatType, "double": types.DoubleType}
    fields += [types.StructField(name, made[KINDS.get(name, "double")]()) for name in added]
    return chosen.mapInArrow(work.run, types.StructType(fields))


def _quoted(name: str) -> str:
    """A column's name in Spark's words, where dots part fields."""
    return "`" + name.replace("`", "``") + "`"
