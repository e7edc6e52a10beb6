"""What the tests share."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import elbow


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
