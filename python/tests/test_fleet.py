"""Engines of tables give the numbers of the command line."""

import json
import sys

import datafusion
import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import csv

import elbow
import elbow.datafusion
import elbow.duckdb
from conftest import rows, run, with_gaps

X = rows(5000, 12)
TABLE = pa.table(
    {
        "id": np.arange(len(X)),
        **dict(zip(["x3", "x1", "x2", "x0"], X[:, [3, 1, 2, 0]].T, strict=True)),
        "frame": pa.FixedSizeListArray.from_arrays(pa.array(X.reshape(-1)), 4),
    }
)
GAPS = TABLE.set_column(4, "x0", pa.array(X[:, 0], mask=np.arange(len(X)) == 7))


@pytest.fixture(scope="module")
def con(network):
    con = duckdb.connect()
    con.register("t", TABLE)
    con.register("gaps", GAPS)
    elbow.duckdb.register(con, network)
    elbow.duckdb.register(con, network, "elbow_verdict", answer="verdict")
    elbow.duckdb.register(con, network, "elbow_or_null", missing="null")
    return con


@pytest.fixture(scope="module")
def context(network):
    context = datafusion.SessionContext()
    context.from_arrow(TABLE, "t")
    context.from_arrow(GAPS, "gaps")
    context.register_udf(elbow.datafusion.udf(network))
    context.register_udf(elbow.datafusion.udf(network, "elbow_of_lists", lists=True))
    context.register_udf(elbow.datafusion.udf(network, "elbow_verdict", answer="verdict"))
    return context


def answers(told):
    """The only column of a table, as NumPy's."""
    return told.column(told.num_columns - 1).to_numpy()


def of_command(saved, tmp_path, key):
    np.save(tmp_path / "X.npy", X)
    scored = json.loads(run("score", saved, tmp_path / "X.npy", "--json").stdout)["scores"]
    return np.array([row[key] for row in scored])


def test_scores_are_those_of_the_command_line(con, context, saved, tmp_path):
    scores = of_command(saved, tmp_path, "log_density").astype(np.float32)
    for query in (
        "SELECT elbow_score(t) FROM t ORDER BY id",
        "SELECT elbow_score(x0, x1, x2, x3) FROM t ORDER BY id",
        "SELECT elbow_score([x0, x1, x2, x3]) FROM t ORDER BY id",
        "SELECT elbow_score(frame) FROM t ORDER BY id",
        "SELECT elbow_score({'x3': x3, 'x0': x0::DOUBLE, 'x2': x2, 'x1': x1}) FROM t ORDER BY id",
    ):
        assert (answers(con.sql(query).to_arrow_table()) == scores).all(), query
    for query in (
        "SELECT elbow_score(x0, x1, x2, x3) FROM t ORDER BY id",
        "SELECT elbow_of_lists(frame) FROM t ORDER BY id",
    ):
        assert (answers(context.sql(query).to_arrow_table()) == scores).all(), query
    told = elbow.datafusion.score(context.table("t"), saved).to_arrow_table()
    assert told.column_names == [*TABLE.column_names, "log_density"] and (answers(told) == scores).all()


@pytest.mark.parametrize("engine", ["duckdb", "datafusion"])
def test_verdicts_are_those_of_the_command_line(engine, con, context, saved, tmp_path):
    query = "SELECT elbow_verdict(x0, x1, x2, x3) AS told FROM t ORDER BY id"
    told = (con if engine == "duckdb" else context).sql(query).to_arrow_table()["told"].combine_chunks()
    assert told.type.names == ["log_density", "p_value", "anomalous"]
    for key in told.type.names:
        expected = of_command(saved, tmp_path, key)
        assert (
            told.field(key).to_numpy(zero_copy_only=False).astype(expected.dtype)
            == expected.astype(told.field(key).to_numpy(zero_copy_only=False).dtype)
        ).all(), key


def test_rows_that_lack_a_number(con, context, network):
    with pytest.raises(duckdb.Error, match=r"row 8, column `x0`: `NaN` is not .*missing=\"null\""):
        con.sql("SELECT elbow_score(gaps) FROM gaps").fetchall()
    with pytest.raises(Exception, match="row 8, column `x0`: `NaN` is not"):
        context.sql("SELECT elbow_score(x0, x1, x2, x3) FROM gaps").collect()
    told = con.sql("SELECT elbow_or_null(gaps) FROM gaps ORDER BY id").to_arrow_table().column(0)
    assert told.null_count == 1 and not told[7].is_valid
    scores = network.model_.score(X)
    assert (np.delete(told.to_numpy(), 7) == np.delete(scores, 7)).all()
    told = elbow.datafusion.score(
        context.table("gaps"), network, answer="verdict", missing="null"
    ).to_arrow_table()
    assert told["log_density"].null_count == 3 or not told["log_density"][7]["p_value"].is_valid


def test_windows_are_joined_in_sql(windowed):
    con = duckdb.connect()
    con.register("t", TABLE)
    elbow.duckdb.register(con, windowed)
    told = con.sql("""
        SELECT elbow_score(frame) FROM (
            SELECT id, flatten(list([x0, x1, x2, x3]) OVER (ORDER BY id ROWS 2 PRECEDING)) AS frame FROM t
        ) WHERE len(frame) = 12 ORDER BY id
    """)
    # the model's windows are two rows apart
    assert (answers(told.to_arrow_table())[::2] == windowed.score(windowed.windows(X))).all()
    with pytest.raises(duckdb.Error, match=r"which Model\.windows\(X\) joins, of each device for itself"):
        con.sql("SELECT elbow_score(t) FROM t").fetchall()


def test_a_model_of_gaps_takes_them(gaps):
    lacking = with_gaps(300, 5)
    lacking[10] = np.nan
    table = pa.table(dict(zip("0123", lacking.T, strict=True)))
    model, some = elbow.open(gaps), np.arange(300) != 10
    con = duckdb.connect()
    con.register("t", table)
    elbow.duckdb.register(con, model, answer="verdict", missing="null")
    told = con.sql("SELECT elbow_score(t) AS told FROM t").to_arrow_table()["told"].combine_chunks()
    scores, p_values = (told.field(name) for name in ("log_density", "p_value"))
    verdicts = model.judge(lacking[some])
    assert scores.null_count == 1 and not scores[10].is_valid
    assert (scores.to_numpy(zero_copy_only=False)[some] == verdicts.log_density).all()
    assert np.array_equal(p_values.to_numpy(zero_copy_only=False)[some], verdicts.p_value, equal_nan=True)
    assert (
        told.field("anomalous").is_null().to_numpy(zero_copy_only=False)[some] == np.isnan(verdicts.p_value)
    ).all()
    elbow.duckdb.register(con, model)
    with pytest.raises(duckdb.Error, match=r"X: row 11: .*missing=\"null\""):
        con.sql("SELECT elbow_score(t) FROM t").fetchall()


def test_queries_that_are_refused(con, context, network):
    with pytest.raises(duckdb.Error, match="has no column `x1`; the model takes x0, x1, x2, x3"):
        con.sql("SELECT elbow_score(s) FROM (SELECT x0, x2, x3 FROM t) s").fetchall()
    with pytest.raises(duckdb.Error, match="its rows have 2 numbers, the model takes 4, in this order: x0"):
        con.sql("SELECT elbow_score(x0, x1) FROM t").fetchall()
    with pytest.raises(duckdb.Error, match="column `x1`: its values are of type `string`"):
        con.sql("SELECT elbow_score(x0, 'a', x2, x3) FROM t").fetchall()
    with pytest.raises(duckdb.Error, match="it has 2 numbers, the model takes 4"):
        con.sql("SELECT elbow_score([x0, x1]) FROM t").fetchall()
    with pytest.raises(elbow.DataError, match="has no column `x1`"):
        elbow.datafusion.score(context.table("t").drop("x1"), network)
    with pytest.raises(elbow.SettingError, match="there is a column `id` already"):
        elbow.datafusion.score(context.table("t"), network, name="id")
    assert con.sql("SELECT elbow_score(t) FROM t WHERE id < 0").fetchall() == []
    assert (
        context.sql("SELECT elbow_score(x0, x1, x2, x3) FROM t WHERE id < 0").to_arrow_table().num_rows == 0
    )


def test_models_that_are_refused(tmp_path, network):
    register = elbow.duckdb.register
    with pytest.raises(elbow.FileError, match="cannot read"):
        register(duckdb.connect(), tmp_path / "none.elbow")
    (tmp_path / "X.elbow").write_bytes(b"no model")
    with pytest.raises(elbow.ModelError, match=r"X\.elbow: "):
        elbow.datafusion.udf(tmp_path / "X.elbow")
    with pytest.raises(elbow.SettingError, match="model=3: give a model, a fitted Density, or the path"):
        register(duckdb.connect(), 3)
    with pytest.raises(elbow.SettingError, match="a fitted Density"):
        register(duckdb.connect(), elbow.Density())
    with pytest.raises(elbow.SettingError, match="answer='p': give one of 'score', 'verdict', 'rows'"):
        register(duckdb.connect(), network, answer="p")
    with pytest.raises(elbow.SettingError, match="missing='drop': give one of 'refuse', 'null'"):
        register(duckdb.connect(), network, missing="drop")
    with pytest.raises(elbow.NotCalibratedError, match="no alarm threshold"):
        register(duckdb.connect(), elbow.Density(mixture=1, false_alarm=None).fit(X), answer="verdict")


def test_a_package_that_is_not_there_is_named(monkeypatch, network):
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(ImportError, match="functions of DuckDB need duckdb: pip install duckdb"):
        elbow.duckdb.register(None, network)


def test_names_are_replaced_and_found_as_they_are_written(network):
    table = pa.table({"A b.c": X[:, 0], 'say "x"': X[:, 1], "other": X[:, 2]})
    detector = elbow.Density(mixture=1, false_alarm=None).fit(table.select([0, 1]))
    expected = detector.model_.score(X[:, :2])
    con = duckdb.connect()
    con.register("t", table)
    elbow.duckdb.register(con, network)
    elbow.duckdb.register(con, detector)
    assert (answers(con.sql("SELECT elbow_score(t) FROM t").to_arrow_table()) == expected).all()
    df = datafusion.SessionContext().from_arrow(table)
    assert (answers(elbow.datafusion.score(df, detector).to_arrow_table()) == expected).all()


def test_packets_become_rows(network, tmp_path):
    parts = [np.round(rows(count, count), 1) for count in (40, 0, 25)]
    packets = [network.model_.pack(part, bound=1, resolution=0.1) if len(part) else None for part in parts]
    table = pa.table({"device": ["a", "b", "c"], "packets": pa.array(packets, pa.binary())})
    unpacked = [network.model_.unpack(of_part) for of_part in packets if of_part]
    con = duckdb.connect()
    con.register("sent", table)
    elbow.duckdb.register(con, network, "elbow_rows", answer="rows")
    told = con.sql("SELECT device, unnest(elbow_rows(packets)) AS frame FROM sent").fetchall()
    assert [device for device, _ in told] == ["a"] * 40 + ["c"] * 25
    assert (np.array([frame for _, frame in told]) == np.concatenate(unpacked)).all()
    context = datafusion.SessionContext()
    context.register_udf(elbow.datafusion.udf(network, "elbow_rows", answer="rows"))
    context.from_arrow(table, "sent")
    told = context.sql("SELECT elbow_rows(packets) AS frames FROM sent").to_pydict()["frames"]
    assert (np.array(told[0]) == unpacked[0]).all() and told[1] is None and len(told[2]) == 25
    with pytest.raises(duckdb.Error, match=r"give bytes of Model\.pack"):
        con.sql("SELECT elbow_rows(device) FROM sent").fetchall()
    with pytest.raises(duckdb.Error, match="packets: is no file of packets"):
        con.sql("SELECT elbow_rows('abc'::BLOB) FROM sent").fetchall()


@pytest.mark.slow
def test_a_million_rows(con, context, network, saved, tmp_path):
    many = rows(1_000_000, 13)
    table = pa.table(dict(zip(["x0", "x1", "x2", "x3"], many.T, strict=True)))
    pq.write_table(table, tmp_path / "many.parquet")
    np.save(tmp_path / "X.npy", many)
    run("score", saved, tmp_path / "X.npy", "--out", tmp_path / "scores.csv")
    expected = csv.read_csv(tmp_path / "scores.csv")["log_density"].to_numpy().astype(np.float32)
    told = con.sql(f"SELECT elbow_score(m) FROM '{tmp_path}/many.parquet' m").to_arrow_table()
    assert (answers(told) == expected).all()
    context.register_parquet("many", str(tmp_path / "many.parquet"))
    told = elbow.datafusion.score(context.table("many"), network).to_arrow_table().sort_by("x0")
    assert (answers(told) == expected[np.argsort(many[:, 0], kind="stable")]).all()
