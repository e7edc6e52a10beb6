"""What is refused, and how it is said."""

import os
import re
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import elbow
from conftest import rows, run

X = rows(300)

REFUSED = [
    ({"latent": "gauss:2"}, "gaussian:D"),
    ({"epochs": "many"}, "invalid value 'many' for '--epochs <N>'"),
    ({"epochs": 0}, "epochs=0: at least 1"),
    ({"likelihood": "normal"}, "likelihood=normal: "),
    ({"auto": True, "latent": "gaussian:2"}, "auto=True fits a mixture, which has no latent"),
    ({"auto": True, "mixture": 2}, "leave mixture out"),
    ({"mixture": 400}, "as many components"),
    ({"false_alarm": 1.5}, "false_alarm=1.5: give a part between 0 and 1"),
    ({"hidden": [0]}, "each width is from 1"),
    ({"more": {"window": 3}}, "more: window is for files"),
    ({"more": {"epochs": 3}}, "give it as epochs="),
    ({"more": {"beta3": 0.5}, "epochs": 1}, "unexpected argument '--beta3' found"),
]


@pytest.mark.parametrize(("settings", "text"), REFUSED, ids=str)
def test_settings(settings, text):
    with pytest.raises(elbow.SettingError, match=re.escape(text)):
        elbow.Density(**settings).fit(X)


def test_rows(network):
    model = network.model_
    bad = X.astype(np.float64)
    bad[3, 1] = np.nan
    with pytest.raises(elbow.DataError, match="X: row 4, column `x1`: `NaN` is not a finite number"):
        model.score(bad)
    bad[3, 1] = 1e39
    with pytest.raises(elbow.DataError, match=r"row 4, column `x1`: .* is beyond ±3.4e38"):
        model.score(bad)
    with pytest.raises(elbow.DataError, match="its rows have 3 numbers, the model takes 4"):
        model.score(X[:, :3])
    with pytest.raises(elbow.DataError, match="not all numbers"):
        model.score([["a", "b", "c", "d"]])
    with pytest.raises(elbow.DataError, match="complex"):
        model.score(X.astype(np.complex64))
    with pytest.raises(elbow.DataError, match="two dimensions"):
        model.score(X[None])
    assert model.score(X[:0]).shape == (0,)
    assert model.score(X.astype(int)[:1]).shape == (1,)


def test_bits_that_are_none():
    with pytest.raises(elbow.DataError, match=r"X: row \d+, column `x0`: .* is neither 0 nor 1"):
        elbow.Density(likelihood="bernoulli", epochs=1).fit(X)


def test_files(tmp_path, saved):
    with pytest.raises(elbow.FileError, match="cannot read"):
        elbow.open(tmp_path / "none.elbow")
    saved.write_bytes(saved.read_bytes()[:-1])
    with pytest.raises(elbow.ModelError, match=r"density\.elbow: "):
        elbow.open(saved)
    with pytest.raises(elbow.ModelError):
        elbow.Model(b"")


def test_errors_are_of_one_family():
    assert issubclass(elbow.DataError, ValueError) and issubclass(elbow.FileError, OSError)
    assert all(issubclass(getattr(elbow, name), elbow.Error) for name in dir(elbow) if name.endswith("Error"))


def test_a_callback_sees_each_epoch_and_may_refuse(capsys):
    seen = []
    elbow.Density(hidden=[8], epochs=3, callback=seen.append, verbose=True, false_alarm=None).fit(X)
    assert [now["epoch"] for now in seen] == [1, 2, 3]
    assert "epoch 3/3" in capsys.readouterr().err

    def refuse(now):
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        elbow.Density(hidden=[8], epochs=100_000, patience=100_000, callback=refuse).fit(X)


LONG = """
import elbow, numpy as np
X = np.random.default_rng(0).normal(size=(5000, 20))
def began(now):
    print("began", flush=True)
try:
    elbow.Density(hidden=[256], epochs=100_000, patience=100_000, callback=began).fit(X)
except KeyboardInterrupt:
    print("interrupted", elbow.Density().fit(X[:500]).predict(X[:1]), flush=True)
"""


def test_ctrl_c_stops_a_fit_and_nothing_else():
    process = subprocess.Popen([sys.executable, "-c", LONG], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "began\n"
    process.send_signal(signal.SIGINT)
    rest = process.communicate(timeout=120)[0]
    assert process.returncode == 0 and rest.splitlines()[-1].startswith("interrupted [")


# scikit-learn is imported before: Python forgets that an interrupt within code of a string was caught
MIXTURE = """
import elbow, numpy as np
X = np.random.default_rng(0).normal(size=(200_000, 20))
detector = elbow.Density(mixture=500)
print("began", flush=True)
try:
    detector.fit(X)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


def test_ctrl_c_leaves_a_mixture():
    process = subprocess.Popen([sys.executable, "-c", MIXTURE], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "began\n"
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    rest = process.communicate(timeout=120)[0]
    assert process.returncode == 0 and rest == "interrupted\n"


def test_the_command_line_is_there(saved):
    assert "density" in run("inspect", saved).stdout
    assert run("--version").stdout.startswith("elbow ")
    assert "a similar argument" in run("fit", "x.csv", "--epoch", 3, code=2).stderr
    program = os.path.join(os.path.dirname(sys.executable), "elbow")
    told = subprocess.run([program, "--help"], capture_output=True, text=True)
    assert told.returncode == 0 and told.stdout.startswith("Density models")
