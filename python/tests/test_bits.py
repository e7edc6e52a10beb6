"""The numbers are those of the command line."""

import json
import multiprocessing
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

import elbow
from conftest import rows, run, with_gaps

MANY = rows(10_000, 9)


def told(path, data, key):
    scored = json.loads(run("score", path, data, "--json").stdout)["scores"]
    return np.array([row[key] for row in scored], np.float32)


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "rows.npy"
    np.save(path, MANY)
    return path


def test_scores_and_verdicts_of_a_network(network, saved, data):
    model = elbow.open(saved)
    scores = told(saved, data, "log_density")
    assert (model.score(MANY) == scores).all()
    assert (network.score_samples(MANY).astype(np.float32) == scores).all()
    assert (model.judge(MANY).p_value == told(saved, data, "p_value")).all()


def test_scores_of_a_mixture(mixture, data, tmp_path):
    path = tmp_path / "density.elbow"
    mixture.save(path)
    assert (elbow.open(path).score(MANY) == told(path, data, "log_density")).all()


SETTINGS = [
    ({}, ["--auto"]),
    ({"false_alarm": 0.05}, ["--auto", "--false-alarm", 0.05]),
    ({"more": {"beta1": 0.8}, "hidden": [4], "epochs": 2}, ["--beta1", 0.8, "--hidden", 4, "--epochs", 2]),
    ({"mixture": 3}, ["--model", "gmm:3"]),
    (
        {"latent": "gaussian:2", "hidden": [8], "epochs": 4, "objective": "iwae:4", "seed": 7},
        ["--latent", "gaussian:2", "--hidden", "8", "--epochs", 4, "--objective", "iwae:4", "--seed", 7],
    ),
    (
        {"latent": "vmf:3", "hidden": [], "epochs": 3, "ensemble": 2},
        ["--latent", "vmf:3", "--hidden", "none", "--epochs", 3, "--ensemble", 2],
    ),
    (
        {"likelihood": "student-t", "decoder_hidden": (6, 5), "lr": 0.002, "epochs": 3, "batch": 32},
        ["--likelihood", "student-t", "--decoder-hidden", "6,5", "--lr", 0.002, "--epochs", 3, "--batch", 32],
    ),
    ({"weights": "int8", "hidden": [8], "epochs": 3}, ["--weights", "int8", "--hidden", "8", "--epochs", 3]),
]


@pytest.mark.parametrize(("settings", "typed"), SETTINGS, ids=lambda value: str(value))
def test_fits_give_the_same_file(settings, typed, tmp_path):
    X = rows(400)
    np.save(tmp_path / "rows.npy", X)
    out = tmp_path / "density.elbow"
    run("fit", tmp_path / "rows.npy", "--out", out, *typed)
    fitted = elbow.Density(**{"false_alarm": None, **settings}).fit(X)
    assert fitted.model_.to_bytes() == out.read_bytes()


def test_bits_depend_on_nothing_else(network):
    model = network.model_
    expected = model.score(MANY)
    assert (model.score(MANY.astype(np.float64)) == expected).all()
    assert (model.score(np.asfortranarray(MANY)) == expected).all()
    assert (model.score(MANY[::2]) == expected[::2]).all()
    assert [model.score(row) for row in MANY[:20]] == list(expected[:20])
    try:
        elbow.set_threads(1)
        assert (model.score(MANY) == expected).all()
    finally:
        elbow.set_threads(0)
    with ThreadPoolExecutor(2) as pool:
        assert all((scores == expected).all() for scores in pool.map(model.score, [MANY] * 4))


def test_a_process_that_was_forked_scores(network):
    expected = network.model_.score(MANY)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        scores = pool.map_async(network.model_.score, [MANY[:5000], MANY[5000:]]).get(timeout=60)
    assert (np.concatenate(scores) == expected).all()


def test_what_a_score_is_made_of(network):
    scores = network.model_.scores(MANY[:100], samples=32)
    assert (scores.log_density == network.model_.score(MANY[:100], samples=32)).all()
    assert (scores.standard_error > 0).all() and (scores.effective_sample_size <= 32).all()
    one = network.model_.scores(MANY[0], samples=32)
    assert one.log_density == scores.log_density[0]


def test_packets_come_back(network, tmp_path, saved):
    X = np.round(rows(200, 6), 1)
    packets = network.model_.pack(X, bound=1, resolution=0.1)
    back = network.model_.unpack(packets)
    assert back.shape == X.shape and np.abs(back - X).max() < 0.16
    np.save(tmp_path / "X.npy", X)
    run("compress", saved, tmp_path / "X.npy", tmp_path / "X.packets", "--bound", 1, "--resolution", 0.1)
    assert (tmp_path / "X.packets").read_bytes() == packets
    with pytest.raises(elbow.Error):
        network.model_.unpack(packets[:50])


def test_packets_of_named_columns_come_back(tmp_path):
    frame = pd.DataFrame(np.round(rows(200, 6), 1), columns=list("abcd"))
    model = elbow.Density(mixture=1, false_alarm=None).fit(frame).model_
    packets = model.pack(frame.to_numpy(), bound=1, resolution=0.1)
    assert np.abs(model.unpack(packets) - frame.to_numpy()).max() < 0.16
    # a table's columns are found by name, an array's go by their places
    assert model.pack(frame[list("dbca")], bound=1, resolution=0.1) == packets
    np.save(tmp_path / "X.npy", frame.to_numpy())
    model.save(tmp_path / "m.elbow")
    flags = ("--bound", 1, "--resolution", 0.1)
    run("compress", tmp_path / "m.elbow", tmp_path / "X.npy", tmp_path / "X.packets", *flags)
    assert (tmp_path / "X.packets").read_bytes() == packets


def test_packets_of_a_device_come_back(saved, tmp_path):
    X = np.round(rows(200, 6), 1)
    np.save(tmp_path / "X.npy", X)
    plan = tmp_path / "plan.elbow"
    run("calibrate", saved, tmp_path / "X.npy", "--packets", "--bound", 1, "--resolution", 0.1, "--out", plan)
    model = elbow.open(plan)
    run("compress", plan, tmp_path / "X.npy", tmp_path / "X.packets", "--bound", 1)
    whole = (tmp_path / "X.packets").read_bytes()
    # the file's packets one by one: docs/packet-format.md
    at, parts = 14 + int.from_bytes(whole[10:14], "little") + 4, []
    while length := int.from_bytes(whole[at : at + 4], "little"):
        parts.append(model.unpack(whole[at + 12 : at + 12 + length]))
        at += 12 + length
    rows_back = np.concatenate(parts)[: len(X)]
    assert len(parts) > 1 and rows_back.dtype == np.float64
    assert (rows_back.astype(np.float32) == model.unpack(whole)).all()
    with pytest.raises(elbow.DataError, match="packets: too few bytes for a packet"):
        model.unpack(b"abc")
    with pytest.raises(elbow.DataError, match="packets: is no file of packets, and the model has no plan"):
        elbow.open(saved).unpack(whole[100:200])


def test_latents_draws_and_reconstructions(network, mixture):
    X = rows(100, 3)
    assert network.encode(X).shape == (100, 2)
    assert network.model_.encode(X[0]).shape == (2,)
    assert np.corrcoef(network.reconstruct(X)[:, 3], X[:, 3])[0, 1] > 0.8
    drawn = network.sample(4000, seed=3)
    assert (drawn == network.sample(4000, seed=3)).all() and (drawn != network.sample(4000, seed=4)).any()
    assert np.abs(drawn.mean(0) - rows(4000).mean(0)).max() < 1
    drawn = mixture.sample(4000, seed=3)
    assert (drawn[:9] == mixture.sample(9, seed=3)).all()
    assert np.abs(drawn.mean(0) - rows(4000).mean(0)).max() < 1
    with pytest.raises(elbow.NotSupportedError, match="latent='gaussian:8'"):
        mixture.encode(X)


def test_rows_that_lack_numbers_are_those_of_the_command_line(gaps, tmp_path):
    model, X = elbow.open(gaps), with_gaps(300, 5)
    assert model.takes_gaps and elbow.Model(model.to_bytes()).takes_gaps
    pd.DataFrame(X).to_csv(tmp_path / "X.csv", index=False)
    assert (model.score(X) == told(gaps, tmp_path / "X.csv", "log_density")).all()
    scored = json.loads(run("score", gaps, tmp_path / "X.csv", "--json").stdout)["scores"]
    verdicts = model.judge(X)
    # where nothing is known the command line has no cell
    p_values = np.array([row.get("p_value", np.nan) for row in scored], np.float32)
    assert np.array_equal(verdicts.p_value, p_values, equal_nan=True) and np.isnan(p_values).any()
    assert (verdicts.anomalous == [row.get("anomalous", False) for row in scored]).all()
    with pytest.raises(elbow.DataError, match="row 1, column `1`: `NaN` is not a finite number"):
        model.calibrate(X)
    again = model.calibrate(rows(500, 6), 0.1)
    assert again.takes_gaps and (again.score(X) == model.score(X)).all()


def test_windows_are_those_of_the_command_line(tmp_path):
    series = rows(300)
    np.save(tmp_path / "X.npy", series)
    path = tmp_path / "w.elbow"
    run("fit", tmp_path / "X.npy", "--auto", "--window", 3, "--hop", 2, "--out", path)
    model = elbow.open(path)
    scores = told(path, tmp_path / "X.npy", "log_density")
    assert (model.score(model.windows(series)) == scores).all()
    with pytest.raises(elbow.DataError, match="a window takes 3 consecutive rows"):
        model.windows(series[:2])


def test_a_signed_model_stays_signed(network, tmp_path):
    path, key, again = tmp_path / "m.elbow", tmp_path / "fleet.key", tmp_path / "again.elbow"
    network.save(path)
    bare = path.read_bytes()
    run("keygen", key)
    run("sign", path, "--key", key, "--version", 3)
    signed = path.read_bytes()
    assert signed[: len(bare)] == bare and len(signed) == len(bare) + 108
    model = elbow.open(path)
    model.save(again)
    assert again.read_bytes() == signed == model.to_bytes() == pickle.loads(pickle.dumps(model)).to_bytes()
    with pytest.warns(elbow.Note, match="signed as version 3"):
        assert model.to_firmware(tmp_path / "firmware")[0].read_bytes() == bare
    with pytest.warns(elbow.Note, match="signed as version 3"):
        model.calibrate(MANY, false_alarm=0.2).save(again)
    assert json.loads(run("inspect", path, "--json").stdout)["signed"]["version"] == 3
    assert not json.loads(run("inspect", again, "--json").stdout).get("signed")
