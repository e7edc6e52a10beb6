"""Columns of Arrow as the rows of a model.

A column of lists of one width, ``FixedSizeList<float32>``, is taken as it lies in memory; one column a
feature is joined once. A null is NaN here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from elbow._needed import needed
from elbow.errors import DataError

if TYPE_CHECKING:
    from elbow._model import Model

Rows = npt.NDArray[Any]


def is_arrow(X: Any) -> bool:
    """Whether it is a table or an array that speaks Arrow's C data interface; pandas has a way of its own."""
    speaks = hasattr(X, "__arrow_c_stream__") or hasattr(X, "__arrow_c_array__")
    return speaks and not hasattr(X, "iloc")


def rows(model: Model, X: Any) -> Any:
    """The rows of a table, or of an array of lists or of structs."""
    table, array = _read(X)
    if table is not None:
        return of_table(model, table)
    return of_arguments(model, [array]) if _is_nested(array.type) else array.to_numpy()


def every_column(X: Any) -> tuple[Rows, list[str]]:
    """All columns of a table, and their names."""
    table, _ = _read(X)
    if table is None:
        raise DataError("X: is no table; names of its columns are needed, as those of pyarrow.table(…)")
    if not table.column_names:
        raise DataError("X: has no columns")
    return _joined(
        [_numbers(table.column(name), None, name) for name in table.column_names]
    ), table.column_names


def _read(X: Any) -> tuple[Any, Any]:
    """A table, or else an array in chunks."""
    pa = needed("pyarrow", "rows of Arrow")
    if isinstance(X, (pa.Array, pa.ChunkedArray)):
        return None, X if isinstance(X, pa.ChunkedArray) else pa.chunked_array([X])
    if isinstance(X, pa.Table) or not hasattr(X, "__arrow_c_stream__"):
        return (X if isinstance(X, pa.Table) else pa.table(X)), None
    try:
        return pa.table(X), None
    except (TypeError, ValueError, pa.ArrowException):
        # a series of something else than structs
        return None, pa.chunked_array(X)


def of_table(model: Model, table: Any, frames: str | None = None) -> Rows:
    """Of one column for each of the model's, by name, or of the one that holds lists."""
    names = table.schema.names
    lists = [field.name for field in table.schema if _is_list(field.type)]
    if frames is None and len(lists) == 1 and not set(names) & set(model.columns):
        frames = lists[0]
    for name in model.columns if frames is None else [frames]:
        if names.count(name) != 1:
            raise DataError(no_column(model, name, names))
    if frames is not None:
        return of_arguments(model, [table.column(frames)])
    return of_arguments(model, [table.column(name) for name in model.columns])


def no_column(model: Model | None, name: str, names: Sequence[str]) -> str:
    """What to say of a column that is not there, or there more than once."""
    if list(names).count(name) > 1:
        return f"X: has more than one column `{name}`"
    if model is None:
        return f"X: has no column `{name}`; it has {', '.join(names[:16])}{' …' if len(names) > 16 else ''}"
    takes = f"the model takes {', '.join(model.columns[:16])}{' …' if len(model.columns) > 16 else ''}"
    if model.window == 1:
        return f"X: has no column `{name}`; {takes}"
    return f"X: has no column `{name}`; {_windows(model)}"


def _windows(model: Model) -> str:
    return f"it takes windows of {model.window} rows, which Model.windows(X) joins, of each device for itself"


def of_arguments(model: Model, columns: Sequence[Any]) -> Rows:
    """Of one column for each of the model's, in its order; of one of lists; or of one of structs, by name."""
    if len(columns) == 1 and _is_nested(columns[0].type):
        [column] = columns
        if _is_list(column.type):
            return _of_lists(model, column)
        pa = needed("pyarrow", "rows of Arrow")
        fields = pa.Table.from_arrays(_fields(column), [field.name for field in column.type])
        return of_table(model, fields)
    wanted = model.columns
    if len(columns) != len(wanted):
        takes = f"the model takes {len(wanted)}, in this order: {', '.join(wanted[:16])}"
        raise DataError(f"X: its rows have {len(columns)} numbers, {takes}{' …' if len(wanted) > 16 else ''}")
    words = dict(model._about["categories"])
    return _joined([_numbers(columns[i], words.get(i), name) for i, name in enumerate(wanted)])


def _fields(column: Any) -> list[Any]:
    flat: list[Any] = column.flatten()
    return flat


def _is_list(kind: Any) -> bool:
    types = needed("pyarrow", "rows of Arrow").types
    return bool(types.is_fixed_size_list(kind) or types.is_list(kind) or types.is_large_list(kind))


def _is_nested(kind: Any) -> bool:
    return _is_list(kind) or bool(needed("pyarrow", "rows of Arrow").types.is_struct(kind))


def _joined(columns: Sequence[Rows]) -> Rows:
    """Columns side by side, as f32 where all of them are."""
    is_narrow = all(column.dtype == np.float32 for column in columns)
    joined = np.empty((len(columns[0]), len(columns)), np.float32 if is_narrow else np.float64)
    for i, column in enumerate(columns):
        joined[:, i] = column
    return joined


def _numbers(column: Any, words: list[str] | None, name: str) -> Rows:
    """A column's numbers; of words their places in the list."""
    pa = needed("pyarrow", "rows of Arrow")
    types = pa.types
    if types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    if words is not None:
        return _codes(column, words, name)
    if types.is_null(kind):
        return np.full(len(column), np.nan)
    if types.is_boolean(kind):
        column = column.cast(pa.uint8())
    elif types.is_decimal(kind):
        column = column.cast(pa.float64())
    elif not (types.is_integer(kind) or types.is_floating(kind)):
        raise DataError(f"X: column `{name}`: its values are of type `{kind}` and not all numbers")
    numbers: Rows = (
        column.to_numpy(zero_copy_only=False) if isinstance(column, pa.Array) else column.to_numpy()
    )
    return numbers


def _codes(column: Any, words: list[str], name: str) -> Rows:
    pa = needed("pyarrow", "rows of Arrow")
    compute = needed("pyarrow.compute", "rows of Arrow")
    text = column.cast(pa.string())
    codes = compute.index_in(text, value_set=pa.array(words, pa.string()))
    unknown = text.filter(compute.and_(compute.is_null(codes), compute.is_valid(text)))
    if len(unknown):
        problem = f"is none of the values that the model knows: {', '.join(words[:16])}"
        raise DataError(f"X: column `{name}`: `{unknown[0].as_py()}` {problem}")
    numbers: Rows = codes.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return numbers


def _of_lists(model: Model, column: Any) -> Rows:
    """Of lists of one width, without a copy where nothing is null and nothing is in chunks."""
    pa = needed("pyarrow", "rows of Arrow")
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    parts = [_of_chunk(model, chunk) for chunk in chunks]
    if not parts:
        return np.empty((0, len(model.columns)), np.float32)
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _of_chunk(model: Model, lists: Any) -> Rows:
    width = len(model.columns)
    compute = needed("pyarrow.compute", "rows of Arrow")
    lengths = compute.list_value_length(lists)
    odd = compute.not_equal(lengths, width).fill_null(False)
    if compute.any(odd).as_py():
        row = compute.index(odd, True).as_py()
        found = lengths[row].as_py()
        joined = f"; {_windows(model)}" if model.window > 1 else ""
        raise DataError(f"X: row {row + 1}: it has {found} numbers, the model takes {width}{joined}")
    # of lists that are null nothing is among these
    numbers = _numbers(lists.flatten(), None, "of lists").reshape(-1, width)
    if not lists.null_count:
        return numbers
    whole = np.full((len(lists), width), np.nan, numbers.dtype if numbers.dtype.kind == "f" else np.float64)
    whole[lists.is_valid().to_numpy(zero_copy_only=False)] = numbers
    return whole
