"""Tables of Arrow are the rows of NumPy."""

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

import elbow
from conftest import rows
from elbow import _arrow

X = rows(300, 11)
NAMES = ["x0", "x1", "x2", "x3"]
COLUMNS = dict(zip(NAMES, X.T, strict=True))
#: names in another order, with a column that is not the model's
TABLE = pa.table({"id": np.arange(len(X)), **dict(reversed(COLUMNS.items()))})
LISTS = pa.FixedSizeListArray.from_arrays(pa.array(X.reshape(-1)), 4)

ALIKE = {
    "table": TABLE,
    "batch": TABLE.to_batches()[0],
    "table in chunks": pa.concat_tables([TABLE[:100], TABLE[100:]]),
    "wide numbers": TABLE.cast(
        pa.schema([("id", pa.int64()), *((name, pa.float64()) for name in NAMES[::-1])])
    ),
    "dictionary": TABLE.set_column(1, "x3", TABLE["x3"].dictionary_encode()),
    "structs": TABLE.to_struct_array(),
    "Polars": pl.from_arrow(TABLE),
    "lists": LISTS,
    "lists in chunks": pa.chunked_array([LISTS[:7], LISTS[7:]]),
    "lists of any length": LISTS.cast(pa.list_(pa.float32())),
    "large lists": LISTS.cast(pa.large_list(pa.float64())),
    "lists of Polars": pl.Series(X, dtype=pl.Array(pl.Float32, 4)),
    "lists in a table": pa.table({"id": np.arange(len(X)), "frame": LISTS}),
}


@pytest.mark.parametrize("told", ALIKE.values(), ids=ALIKE.keys())
def test_bits_are_those_of_rows(told, network):
    assert (network.model_.score(told) == network.model_.score(X)).all()
    assert (network.predict(told) == network.predict(X)).all()
    assert (network.score_samples(told) == network.score_samples(X)).all()


def test_parts_of_lists_are_those_parts(network):
    assert (network.model_.score(LISTS[3:9]) == network.model_.score(X[3:9])).all()
    assert (
        network.model_.score(LISTS[3:9].cast(pa.list_(pa.float32()))) == network.model_.score(X[3:9])
    ).all()
    assert network.model_.score(LISTS[:0]).shape == (0,)
    assert network.model_.score(TABLE[:0]).shape == (0,)


def test_lists_of_one_width_are_not_copied(network):
    lists = LISTS[3:]
    assert np.shares_memory(_arrow.rows(network.model_, lists), lists.values.to_numpy())


def test_names_of_a_table_stay():
    table = pa.table({"temp": X[:, 0], "cur": X[:, 1]})
    detector = elbow.Density(false_alarm=0.1).fit(table)
    assert detector.model_.columns == list(detector.feature_names_in_) == ["temp", "cur"]
    assert (detector.predict(table.select(["cur", "temp"])) == detector.predict(table)).all()
    again = elbow.Density(false_alarm=0.1).fit(pl.from_arrow(table))
    assert again.model_.to_bytes() == detector.model_.to_bytes()


def test_tables_that_are_not_fitted():
    for table, text in ((pa.table({}), "has no columns"), (LISTS, "is no table")):
        with pytest.raises(elbow.DataError, match=text):
            elbow.Density().fit(table)


def test_words_are_those_of_the_model(words):
    frame, model = words
    table = pa.table({"v": frame["v"], "mode": frame["mode"]})
    assert (model.score(table) == model.score(frame)).all()
    encoded = table.set_column(1, "mode", table["mode"].dictionary_encode())
    assert (model.score(encoded) == model.score(frame)).all()
    other = table.set_column(1, "mode", pa.array(["sleep"] * len(table)))
    with pytest.raises(elbow.DataError, match="column `mode`: `sleep` is none of the values"):
        model.score(other)


REFUSED = [
    (TABLE.drop_columns(["x1"]), "has no column `x1`; the model takes x0, x1, x2, x3"),
    (pa.table([TABLE["x0"]] * 5, names=[*NAMES, "x0"]), "has more than one column `x0`"),
    (TABLE.set_column(1, "x3", pa.array(["a"] * 300)), "column `x3`: its values are of type `string`"),
    (
        TABLE.set_column(1, "x3", pa.array([0] * 300, pa.timestamp("us"))),
        "`x3`: its values are of type `timestamp",
    ),
    (TABLE.set_column(1, "x3", pa.nulls(300)), "row 1, column `x3`: `NaN` is not a finite number"),
    (pa.FixedSizeListArray.from_arrays(pa.array(X.reshape(-1)), 3), "it has 3 numbers, the model takes 4"),
    (pa.array([[1.0, 2, 3, 4], [1.0, 2]]), "row 2: it has 2 numbers, the model takes 4"),
    (pa.array([[1.0, 2, 3, 4], None]), "row 2, column `x0`: `NaN` is not a finite number"),
    (pa.array([["a", "b", "c", "d"]]), "type `string`"),
]


@pytest.mark.parametrize(("told", "text"), REFUSED, ids=lambda value: value if isinstance(value, str) else "")
def test_tables_that_are_refused(told, text, network):
    with pytest.raises(elbow.DataError, match=text):
        network.model_.score(told)
    with pytest.raises(elbow.DataError, match=text):
        network.predict(told)


def test_a_window_says_how_it_is_joined(windowed):
    with pytest.raises(elbow.DataError, match=r"windows of 3 rows, which Model\.windows\(X\) joins"):
        windowed.score(TABLE)
    joined = pa.array(list(windowed.windows(X)))
    assert (windowed.score(joined) == windowed.score(windowed.windows(X))).all()
