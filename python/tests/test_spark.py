"""Spark gives the numbers of the command line. Needs Java and pyspark: ``./check.sh --slow``."""

import os
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import elbow
import elbow.spark
from conftest import rows

pytestmark = pytest.mark.slow

X = rows(1_000_000, 13)
NAMES = ["x3", "x1", "x2", "x0"]


@pytest.fixture(scope="module")
def spark():
    sql = pytest.importorskip("pyspark.sql", reason="pyspark is missing: pip install pyspark")
    # executors run the Python that runs here
    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture(scope="module")
def df(spark, tmp_path_factory):
    path = tmp_path_factory.mktemp("spark") / "X.parquet"
    columns = {"id": np.arange(len(X)), **dict(zip(NAMES, X[:, [3, 1, 2, 0]].T, strict=True))}
    pq.write_table(pa.table(columns), path, row_group_size=250_000)
    return spark.read.parquet(str(path))


def in_order(df):
    return df.toArrow().sort_by("id")


def test_a_million_rows_have_the_bits_and_verdicts_of_the_model(df, network):
    told = in_order(elbow.spark.score(df, network, keep=["id"]))
    assert told.column_names == ["id", "log_density", "p_value", "anomalous"]
    verdicts = network.model_.judge(X)
    for name in told.column_names[1:]:
        assert (told[name].to_numpy() == getattr(verdicts, name)).all(), name
    assert (told["log_density"].to_numpy() == network.model_.score(X)).all()


def test_lists_and_paths(df, saved, network):
    few = df.where("id < 1000").selectExpr("id", "array(x0, x1, x2, x3) AS frame")
    told = in_order(elbow.spark.score(few, saved, frames="frame"))
    assert told.column_names == ["id", "frame", "log_density", "p_value", "anomalous"]
    assert (told["log_density"].to_numpy() == network.model_.score(X[:1000])).all()


def test_rows_that_lack_a_number(df, network):
    gaps = df.where("id < 10").selectExpr("id", "x1", "x2", "x3", "IF(id = 7, NULL, x0) AS x0")
    with pytest.raises(Exception, match=r'row 8, column `x0`: `NaN` is not .*missing="null"'):
        elbow.spark.score(gaps, network).collect()
    told = in_order(elbow.spark.score(gaps, network, missing="null"))
    assert told["log_density"].null_count == 1 and not told["anomalous"][7].is_valid


def test_frames_that_are_refused(df, network):
    with pytest.raises(elbow.DataError, match="has no column `x1`; the model takes x0, x1, x2, x3"):
        elbow.spark.score(df.drop("x1"), network)
    with pytest.raises(elbow.DataError, match="has no column `frames`"):
        elbow.spark.score(df, network, frames="frames")
    with pytest.raises(elbow.SettingError, match="there is a column `p_value` already"):
        elbow.spark.score(df.withColumnRenamed("id", "p_value"), network)
    with pytest.raises(elbow.DataError, match="has no column `packets`; it has id, x3"):
        elbow.spark.unpack(df, network)
    assert elbow.spark.score(df.where("id < 0"), network).collect() == []


def test_a_threshold_is_set_there(df, network):
    model = elbow.spark.calibrate(df.where("id >= 10000"), network, 0.02, rows=20_000, seed=1)
    assert model.false_alarm == pytest.approx(0.02) and 19_000 < model._about["calibration_rows"] < 21_000
    assert model.judge(rows(20_000, 77)).anomalous.mean() == pytest.approx(0.02, abs=0.005)


def test_functions_of_sql(spark, df, network):
    df.where("id < 1000").createOrReplaceTempView("t")
    elbow.spark.register(spark, network)
    elbow.spark.register(spark, network, "elbow_verdict", answer="verdict")
    scores = network.model_.score(X[:1000])
    for call in ("struct(*)", "x0, x1, x2, x3", "array(x0, x1, x2, x3)"):
        told = in_order(spark.sql(f"SELECT id, elbow_score({call}) AS s FROM t"))
        assert (told["s"].to_numpy() == scores).all(), call
    told = in_order(spark.sql("SELECT id, elbow_verdict(struct(*)).anomalous AS a FROM t"))
    assert (told["a"].to_numpy() == network.model_.judge(X[:1000]).anomalous).all()


def test_packets_become_rows(spark, network):
    part = np.round(rows(40, 3), 1)
    packets = network.model_.pack(part, bound=1, resolution=0.1)
    sent = spark.createDataFrame([("a", bytearray(packets)), ("b", None)], "device string, packets binary")
    elbow.spark.register(spark, network, "elbow_rows", answer="rows")
    sent.createOrReplaceTempView("sent")
    told = spark.sql("SELECT device, explode(elbow_rows(packets)) AS frame FROM sent").toArrow()
    assert (np.array(told["frame"].to_pylist()) == network.model_.unpack(packets)).all()
    told = elbow.spark.unpack(sent, network).toArrow()
    assert told.column_names == ["device", "x0", "x1", "x2", "x3"]
    assert told["device"].to_pylist() == ["a"] * 40
    assert (
        np.array([told[name] for name in told.column_names[1:]]).T == network.model_.unpack(packets)
    ).all()
