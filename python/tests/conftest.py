"""What the tests share."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import elbow

NETWORK = ("--latent", "gaussian:2", "--hidden", "4", "--epochs", 2)


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--slow`` runs the tests that are marked so, too."""
    parser.addoption("--slow", action="store_true", help="a million rows in each engine, and Spark")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skips what is slow, and says so."""
    if config.getoption("--slow"):
        return
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.skip(reason="slow; pytest --slow runs it"))


def run(*args: object, code: int = 0) -> subprocess.CompletedProcess[str]:
    """The command line, in a process of its own."""
    words = [sys.executable, "-m", "elbow", *map(str, args)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300)
    assert done.returncode == code, done.stderr
    return done


def rows(count: int, seed: int = 0, dims: int = 4) -> np.ndarray:
    """Rows near a line, in other units for each column, as f32."""
    rng = np.random.default_rng(seed)
    latent = rng.normal(size=(count, 1))
    noise = rng.normal(size=(count, dims))
    return ((latent + 0.3 * noise) * np.arange(1, dims + 1) + 10).astype(np.float32)


@pytest.fixture(scope="session")
def network() -> elbow.Density:
    """A small network with a threshold."""
    settings = dict(latent="gaussian:2", hidden=[8], epochs=20, seed=1)
    return elbow.Density(**settings).fit(rows(1500))


@pytest.fixture(scope="session")
def mixture() -> elbow.Density:
    """A mixture with a threshold."""
    return elbow.Density().fit(rows(1500))


@pytest.fixture
def saved(network: elbow.Density, tmp_path: Path) -> Path:
    """The network's file."""
    path = tmp_path / "density.elbow"
    network.save(path)
    return path


@pytest.fixture(scope="session")
def windowed(tmp_path_factory: pytest.TempPathFactory) -> elbow.Model:
    """A model of windows of three rows."""
    folder = tmp_path_factory.mktemp("windowed")
    np.save(folder / "X.npy", rows(300))
    run("fit", folder / "X.npy", "--auto", "--window", 3, "--hop", 2, "--out", folder / "w.elbow")
    return elbow.open(folder / "w.elbow")


@pytest.fixture(scope="session")
def words(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, elbow.Model]:
    """A table with a column of words, and a model of it."""
    folder = tmp_path_factory.mktemp("words")
    frame = pd.DataFrame({"v": rows(400)[:, 0], "mode": ["on", "off"] * 200})
    frame.to_csv(folder / "X.csv", index=False)
    run("fit", folder / "X.csv", *NETWORK, "--categorical", "mode", "--out", folder / "w.elbow")
    return frame, elbow.open(folder / "w.elbow")


@pytest.fixture(scope="session")
def gaps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a model of rows with gaps, with thresholds of rows that lack one number."""
    folder = tmp_path_factory.mktemp("gaps")
    pd.DataFrame(with_gaps(1500)).to_csv(folder / "X.csv", index=False)
    pd.DataFrame(rows(900, 2)).to_csv(folder / "normal.csv", index=False)
    run("fit", folder / "X.csv", "--auto", "--missing", "model", "--out", folder / "g.elbow")
    flags = ("--missing", "one", "--false-alarm", 0.05, "--out", folder / "density.elbow")
    run("calibrate", folder / "g.elbow", folder / "normal.csv", *flags)
    return folder / "density.elbow"


def with_gaps(count: int, seed: int = 0) -> np.ndarray:
    """Rows of which some lack a number, some two."""
    X = rows(count, seed)
    X[::7, 1] = np.nan
    X[::21, 3] = np.nan
    return X
