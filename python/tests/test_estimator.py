"""scikit-learn's contract."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import elbow
from conftest import rows

pytestmark = pytest.mark.filterwarnings("ignore::elbow.Note")

NETWORK = elbow.Density(latent="gaussian:2", hidden=[8], epochs=3)


@parametrize_with_checks([elbow.Density(), NETWORK])
def test_contract(estimator, check):
    check(estimator)


def test_verdicts_are_those_of_the_threshold(network):
    X = np.concatenate([rows(400, 1), rows(40, 2) * 3])
    decided = network.decision_function(X)
    assert ((decided < 0) == (network.predict(X) == -1)).all()
    assert ((decided < 0) == network.model_.judge(X).anomalous).all()
    assert (network.predict(X[400:]) == -1).mean() > 0.9
    # but for rows that are given up early it is the score
    scores = network.score_samples(X) - network.offset_
    assert (decided <= scores + 1e-6).all()
    assert np.isclose(decided, scores, atol=1e-4).mean() > 0.9


def test_false_alarms_hold_their_rate():
    detector = elbow.Density(false_alarm=0.05).fit(rows(4000, 3))
    alarms = (detector.predict(rows(20000, 4)) == -1).mean()
    held = detector.report_["calibration_rows"]
    assert held == 200 and abs(alarms - 0.05) < 5 * np.sqrt(0.05 * 0.95 * (1 / held + 1 / 20000))


def test_rates_that_the_rows_cannot_hold_are_told():
    with pytest.warns(elbow.Note, match="may be held back for the threshold"):
        detector = elbow.Density(false_alarm=0.001).fit(rows(200))
    assert detector.false_alarm_ == pytest.approx(1 / 101)
    with pytest.raises(elbow.NotCalibratedError, match="no alarm threshold"):
        elbow.Density(false_alarm=None).fit(rows(200)).predict(rows(5))
    with pytest.warns(elbow.Note, match="no row raises the alarm"):
        assert (elbow.Density().fit(rows(12)).predict(rows(5) * 100) == 1).all()


def test_a_fit_outlives_a_threshold_that_cannot_be_set():
    # rows that follow one another closely count as few
    walk = np.cumsum(rows(2000) - 10, axis=0)
    detector = elbow.Density(latent="gaussian:2", hidden=[4], epochs=2, false_alarm=0.01)
    with pytest.warns(
        elbow.Note, match=r"count as \d+, .*; the model is fitted, without a threshold: calibrate"
    ):
        detector.fit(walk)
    assert detector.false_alarm_ is None and detector.score_samples(walk[:5]).shape == (5,)
    with pytest.raises(
        elbow.NotCalibratedError, match=r"no alarm threshold is set \(X: 1000 normal rows count"
    ):
        detector.predict(walk)
    with pytest.raises(elbow.NotCalibratedError):
        pickle.loads(pickle.dumps(detector)).predict(walk)
    assert detector.calibrate(rows(500, 5), 0.1).predict(rows(5, 6)).shape == (5,)
    assert detector.fit(rows(1500)).predict(rows(5, 6)).shape == (5,)


def test_a_fit_outlives_warnings_that_are_errors():
    detector = elbow.Density(mixture=1, false_alarm=None)
    with warnings.catch_warnings():
        warnings.simplefilter("error", elbow.Note)
        with pytest.raises(elbow.Note, match="constant"):
            detector.fit(np.column_stack([rows(300), np.ones(300)]))
    assert detector.score_samples(np.ones((2, 5))).shape == (2,)


def test_calibrate_sets_another_threshold(network):
    other = pickle.loads(pickle.dumps(network)).calibrate(rows(500, 7), false_alarm=0.2)
    assert (other.predict(rows(2000, 8)) == -1).mean() == pytest.approx(0.2, abs=0.08)
    assert other.offset_ > network.offset_


def test_rows_of_the_fit_are_refused():
    detector = elbow.Density(latent="gaussian:2", hidden=[8], epochs=3, false_alarm=None).fit(rows(1500))
    with pytest.raises(elbow.DataError, match="the fit"):
        detector.calibrate(rows(1500), 0.1)


def test_pickles_and_clones(network):
    X = rows(50, 5)
    again = pickle.loads(pickle.dumps(network))
    assert (again.score_samples(X) == network.score_samples(X)).all()
    assert clone(network).get_params() == network.get_params()


def test_searches_and_pipes():
    X = rows(300)
    search = GridSearchCV(elbow.Density(), {"mixture": [1, 4], "false_alarm": [None]}, cv=3, n_jobs=2).fit(X)
    assert search.best_score_ == max(search.cv_results_["mean_test_score"])
    pipe = make_pipeline(StandardScaler(), elbow.Density(false_alarm=0.1)).fit(X)
    assert pipe.predict(X).shape == (300,)


def test_names_of_pandas_stay():
    frame = pd.DataFrame(rows(300), columns=["temp", "cur", "volt", "rpm"])
    detector = elbow.Density(false_alarm=0.1).fit(frame)
    assert list(detector.feature_names_in_) == ["temp", "cur", "volt", "rpm"]
    assert detector.model_.columns == ["temp", "cur", "volt", "rpm"]
    odd = frame.iloc[:1].assign(volt=99.0)
    assert detector.explain(odd, top=1)[0].column == "volt"
    # a model finds its columns by name
    turned = frame[["rpm", "volt", "cur", "temp"]]
    assert (detector.model_.score(turned) == detector.model_.score(frame)).all()
    with pytest.raises(elbow.DataError, match="has no column `cur`"):
        detector.model_.score(frame.drop(columns="cur"))


def test_files_come_back(network, saved):
    loaded = elbow.Density.load(saved)
    X = rows(50, 5)
    assert (loaded.predict(X) == network.predict(X)).all()
    assert loaded.offset_ == network.offset_ and loaded.n_features_in_ == 4
    elbow.Density(false_alarm=None).fit(X).save(saved)
    with pytest.raises(elbow.NotCalibratedError):
        elbow.Density.load(saved).predict(X)


def test_firmware_gets_its_files(network, tmp_path):
    model, rust, header = network.to_firmware(tmp_path / "firmware")
    assert model.read_bytes() == network.model_.to_bytes()
    assert "pub type CalibratedDensity<'a>" in rust.read_text()
    assert f"#define DENSITY_BYTES {model.stat().st_size}u" in header.read_text()
