"""Scores in DuckDB's SQL: ``elbow.duckdb.register(con, model)``, then ``SELECT elbow_score(t) FROM t``."""

from __future__ import annotations

from typing import Any

from elbow._batch import Answer, AnyModel, Missing, Task, row_columns
from elbow._needed import needed

KINDS = {"score": "FLOAT", "verdict": "STRUCT(log_density FLOAT, p_value FLOAT, anomalous BOOLEAN)"}


def register(
    con: Any,
    model: AnyModel,
    name: str = "elbow_score",
    *,
    answer: Answer = "score",
    missing: Missing = "refuse",
) -> None:
    """Makes a function of SQL of a model, on one connection; a function of that name is replaced.

    Called with a row of the table it finds the model's columns by name: ``elbow_score(t)``. It also takes the
    columns one by one in the model's order, or one list of the numbers, as in ``FLOAT[3]``.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
    model : Model, Density or path
    name : str
        What SQL calls it.
    answer : {"score", "verdict", "rows"}
        log p(x) in nats; a struct of ``log_density``, ``p_value`` and ``anomalous``; of packets, as
        :meth:`Model.pack` makes them, a list of the rows that they hold.
    missing : {"refuse", "null"}
        Whether a null or NaN among the numbers ends the query, or makes a null of the answer.
    """
    duckdb = needed("duckdb", "functions of DuckDB")
    task = Task(model, answer, missing)
    kind = KINDS.get(answer, f"DOUBLE[{len(row_columns(task.model))}][]")
    try:
        con.remove_function(name)
    except duckdb.Error:
        pass
    # without types of its arguments it takes any, and says itself what is wrong with them
    con.create_function(name, task.__call__, None, kind, type="arrow", null_handling="special")
