"""What the files of `tests/cases` hold, by pandas and NumPy alone: rows, columns, and the mean of −log p(x) in nats under the normal
distribution that fits the rows best. `tests/cli/figures.rs` holds the program to it.

    pip install numpy pandas
    python3 cli/tests/figures.py > cli/tests/cases/figures.txt
"""

import pathlib

import numpy
import pandas

CASES = pathlib.Path(__file__).parent / "cases"
NORMAL = {"0", "0.0", "normal", "ok", "good", "inlier", "false", "f", "no"}

# a file, the flags that it needs, how pandas reads it, its features, its labels and the words for normal rows
TABLES = [
    ("c01_missing.csv", "--missing drop", {}, "temp hum press volt"),
    ("c02_pandas_index.csv", "", {}, "temp hum volt"),
    *[("c03_%s.csv" % name, "--labels " + name, {}, "amount age rate", name)
      for name in ("Outlier", "anomaly", "class", "is_anomaly", "target", "y")],
    ("c04_two_points.csv", "", {}, "v"),
    ("c05_quantised.csv", "", {}, "v"),
    ("c05_ties.csv", "", {}, "x"),
    ("c05_ties_more.csv", "", {}, "x"),
    ("c06_wide.csv", "", {}, " ".join("f%d" % i for i in range(60))),
    ("c06_wide_test.csv", "", {}, " ".join("f%d" % i for i in range(60))),
    ("c07_bom_crlf.csv", "", {"encoding": "utf-8-sig"}, "temp hum", "label"),
    ("c07_bom_crlf_labelfirst.csv", "", {"encoding": "utf-8-sig"}, "temp hum", "label"),
    ("c08_latin1.csv", "", {"encoding": "latin-1"}, ["acc m/s²", "temp °C"], "label"),
    ("c08_latin1_two.csv", "", {"encoding": "latin-1"}, ["x m/s³"]),
    ("c09_german.csv", "", {"sep": ";", "decimal": ",", "thousands": "."}, "Temperatur Druck"),
    ("c09_thousands.csv", "--decimal .", {"thousands": ","}, "power"),
    ("c09_trailing.csv", "", {}, "a b c"),
    ("c10_nab.csv", "", {}, "value"),
    ("c11_epoch_ms.csv", "", {}, "value load"),
    ("c11_epoch_ms_later.csv", "", {}, "value load"),
    ("c12_comment.csv", "", {"skiprows": 1, "names": ["temp", "hum"]}, "temp hum"),
    ("c12_noheader.csv", "--no-header", {"header": None, "names": ["x0", "x1"]}, None),
    ("c12_preamble.csv", "", {"skiprows": [0, 1, 2, 4]}, "temp hum"),
    ("c12_semicolon_comma_in_header.csv", "", {"sep": ";"}, "hum"),
    ("c12_sep_line.csv", "", {"sep": ";", "skiprows": 1}, "b"),
    ("c12_tabs.csv", "", {"sep": "\t"}, "a b c"),
    ("c13_words.csv", "", {}, "a b"),
    ("c16_fit_200x8.csv", "", {}, " ".join("s%d" % i for i in range(8))),
    ("c17_far.csv", "", {}, "temp hum"),
    ("c17_fit.csv", "", {}, "temp hum"),
    ("c18_const.csv", "", {}, "a const near"),
    ("c18_const_test.csv", "", {}, "a const near"),
    ("c19_counter.csv", "", {}, "power"),
    ("c19_counter_small.csv", "", {}, "power"),
    *[("c21_%s.csv" % name, "", {"dtype": {"label": str}}, "a b", "label", normal)
      for name, normal in [("NormalSpace", NORMAL), ("TF", NORMAL), ("float", NORMAL), ("good", NORMAL), ("inlier", NORMAL),
                           ("ok", NORMAL), ("pm1", {"1"}), ("yesno", NORMAL)]],
    ("c21_12.csv", "--normal 1", {"dtype": {"label": str}}, "a b", "label", {"1"}),
    ("c21_two_normal_labels.csv", "--normal idle,run", {}, "a b", "label", {"idle", "run"}),
    ("c21_missing.csv", "--missing drop", {"dtype": {"label": str}}, "a b", "label", NORMAL),
    ("c22_big.csv", "", {}, "v w"),
    ("c22_decimals.csv", "", {}, "v"),
    ("c22_forms.csv", "", {}, "d"),
    ("c22_jump.csv", "", {}, "v"),
    ("c22_outlier.csv", "", {}, "v w"),
    ("c22_twelfth.csv", "", {}, "v"),
    ("c22_ulp.csv", "", {}, "v"),
    ("c24_codes_fit.csv", "", {}, "v mode"),
    ("c24_codes_float.csv", "", {}, "v mode"),
    ("c24_missing_state.csv", "", {}, "temp_c batt_v rssi_dbm"),
    ("c25_ar_fit.csv", "", {}, "a b"),
    ("c25_ar_new.csv", "", {}, "a b"),
    ("c28_exponents.csv", "", {}, "t leak"),
    ("c29_const_fit.csv", "", {}, "a bus_V leak_bar"),
    ("c30_heavy.csv", "", {}, "a b lognormal cauchy"),
    ("fh1_labels_missing.csv", "--missing drop", {}, "temp hum current", "label", NORMAL),
    ("fh1_labels_missing.csv", "--missing hold", {}, "temp hum current", "label", NORMAL),
    *[("fh2_iot_day%d.csv" % day, "", {}, "temp_c batt_v rssi_dbm") for day in (1, 2, 3)],
    ("fh3_wide.csv", "--labels Class", {}, ["V%d" % i for i in range(1, 27)] + ["Amount"], "Class"),
    ("fh4_fit.csv", "--labels anomaly", {"sep": ";"}, "acc current pressure voltage", "anomaly"),
    ("fh4_test.csv", "--labels anomaly", {"sep": ";"}, "acc current pressure voltage", "anomaly"),
]

# a file, the flags that it needs, the array of the frames and that of the labels
ARRAYS = [
    *[(name, "", None, None) for name in (
        "c22_f32.npy", "c22_f64.npy", "c22_i16.npy", "c22_i16_fortran.npy", "c22_negzero.npy", "c22_u16_be.npy",
        "c28_pandas_values.npy", "n_1d.npy", "n_3d.npy", "n_be.npy", "n_bool.npy", "n_f16.npy", "n_f32.npy",
        "n_fortran.npy", "n_i64_big.npy", "n_struct.npy")],
    ("n_arr0.npz", "", "arr_0", None),
    ("n_key_data.npz", "", "data", None),
    ("n_train.npz", "--key X_train", "X_train", None),
    ("n_comp.npz", "", "X", "y"),
    ("n_y_col.npz", "", "X", "y"),
    ("n_y_str.npz", "", "X", "y"),
    ("n_y_float_nan.npz", "--missing drop", "X", "y"),
]


def nats(rows):
    """The mean of −log p(x); nothing where the columns depend on one another, or are beyond the squares of 32 bits."""
    rows = numpy.asarray(rows, dtype=float)
    centred = rows - rows.mean(0)
    covariance = centred.T @ centred / len(rows)
    scale = numpy.sqrt(numpy.diag(covariance))
    if not scale.all() or numpy.linalg.cond(covariance / numpy.outer(scale, scale)) > 1e7:
        return "-"
    largest = abs(rows).max(0)
    if (scale < 1e-6 * largest).any() or (largest > 1e19).any():
        return "-"
    inverse = numpy.linalg.inv(covariance)
    distance = numpy.einsum("ij,jk,ik->i", centred, inverse, centred).mean()
    return "%.5f" % (0.5 * (rows.shape[1] * numpy.log(2 * numpy.pi) + numpy.linalg.slogdet(covariance)[1] + distance))


def is_normal(labels, words):
    return numpy.array([str(label).strip().lower() in words for label in labels])


def table(name, flags, how, columns, label=None, words=NORMAL):
    frame = pandas.read_csv(CASES / name, **how)
    columns = list(frame.columns) if columns is None else columns.split() if isinstance(columns, str) else columns
    if "hold" in flags:
        frame[columns] = frame[columns].ffill()
    frame = frame.dropna(subset=columns + ([label] if label else []))
    rows = frame[is_normal(frame[label], words)] if label else frame
    return columns, rows[columns].to_numpy(dtype=float)


def array(name, flags, key, labels):
    held = numpy.load(CASES / name)
    rows = held if key is None else held[key]
    columns = list(rows.dtype.names or [])
    if columns:
        rows = numpy.stack([rows[column] for column in columns], 1)
    rows = rows.reshape(len(rows), -1).astype(float)
    if labels:
        y = held[labels].ravel()
        rows = rows[is_normal(y, NORMAL)]
    return columns or ["x%d" % i for i in range(rows.shape[1])], rows


for read, case in [(table, case) for case in TABLES] + [(array, case) for case in ARRAYS]:
    columns, rows = read(*case)
    print("|".join([case[0], case[1], ",".join(columns), str(len(rows)), nats(rows)]))
