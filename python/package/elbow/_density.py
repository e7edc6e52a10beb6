"""The estimator."""

from __future__ import annotations

import math
import numbers
import sys
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, OutlierMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from elbow import _core
from elbow._arrow import every_column, is_arrow
from elbow._model import Cause, Floats, Model, StrPath, open
from elbow._settings import flags
from elbow.errors import NotCalibratedError, Note, SettingError

#: fewest rows of a fit
LEAST_ROWS = 10
#: fewest of which some can be held back for a threshold
LEAST_DIVIDED = 2 * LEAST_ROWS


class Density(OutlierMixin, BaseEstimator):  # type: ignore[misc]
    """A density of rows of numbers, and an alarm for rows that are none of its kind.

    Without settings a mixture is fitted, whose smoothness the data choose (``auto``). With settings of a
    network a variational autoencoder is fitted: ``Density(latent="gaussian:8", hidden=[64, 32])``. Settings
    have the names, words and defaults of ``elbow fit``; its ``--help`` says what each does.

    Parameters
    ----------
    auto : bool, optional
        A strong model without settings. By default, where no setting of a network is given.
    mixture : int or str, optional
        A mixture of so many normal distributions, or ``"gaussian"``, ``"gmm:M"``, ``"pca:R"``.
    false_alarm : float, optional
        Part of normal rows that may raise the alarm. Rows are held back from the fit, a quarter at most or
        as many as the rate needs, and set the threshold. None: all are fitted, and there are no verdicts
        before :meth:`calibrate`; so it is, with a warning, where the rows held back can set none. With fewer
        than 20 rows all are fitted, and no row raises the alarm.
    more : dict, optional
        Other flags of ``elbow fit``, by their names.
    seed : int
        Of everything random. The same seed and rows give the same model, byte for byte.
    name : str
        What the model is called in its file.
    verbose : bool
        Tell each epoch on standard error.
    callback : callable, optional
        Called after each epoch with a dictionary: ``epoch``, ``epochs``, ``train_nats``, ``valid_nats``,
        ``seconds_left`` and others.

    Attributes
    ----------
    model_ : Model
        The model, with its threshold where it has one.
    offset_ : float
        The threshold of the alarm, in nats.
    false_alarm_ : float
        The rate that it holds.
    report_ : dict
        How the fit went.
    n_features_in_, feature_names_in_
        As everywhere in scikit-learn.
    """

    def __init__(
        self,
        *,
        auto: bool | None = None,
        mixture: int | str | None = None,
        latent: str | None = None,
        prior: str | None = None,
        hidden: Sequence[int] | str | None = None,
        decoder_hidden: Sequence[int] | str | None = None,
        activation: str | None = None,
        likelihood: str | None = None,
        weights: str | None = None,
        objective: str | None = None,
        epochs: int | None = None,
        warmup: int | None = None,
        batch: int | None = None,
        lr: float | None = None,
        lr_schedule: str | None = None,
        patience: int | None = None,
        clip_norm: float | None = None,
        weight_decay: float | None = None,
        ema: float | None = None,
        posterior_norm: float | None = None,
        input_noise: float | None = None,
        input_mask: float | None = None,
        hide: float | None = None,
        resolution: float | Sequence[float] | None = None,
        valid: float | None = None,
        valid_samples: int | None = None,
        ensemble: int | None = None,
        clip: float | None = None,
        scaling: str | None = None,
        false_alarm: float | None = 0.05,
        more: Mapping[str, Any] | None = None,
        seed: int = 0,
        name: str = "density",
        verbose: bool = False,
        callback: Callable[[dict[str, Any]], object] | None = None,
    ) -> None:
        self.auto = auto
        self.mixture = mixture
        self.latent = latent
        self.prior = prior
        self.hidden = hidden
        self.decoder_hidden = decoder_hidden
        self.activation = activation
        self.likelihood = likelihood
        self.weights = weights
        self.objective = objective
        self.epochs = epochs
        self.warmup = warmup
        self.batch = batch
        self.lr = lr
        self.lr_schedule = lr_schedule
        self.patience = patience
        self.clip_norm = clip_norm
        self.weight_decay = weight_decay
        self.ema = ema
        self.posterior_norm = posterior_norm
        self.input_noise = input_noise
        self.input_mask = input_mask
        self.hide = hide
        self.resolution = resolution
        self.valid = valid
        self.valid_samples = valid_samples
        self.ensemble = ensemble
        self.clip = clip
        self.scaling = scaling
        self.false_alarm = false_alarm
        self.more = more
        self.seed = seed
        self.name = name
        self.verbose = verbose
        self.callback = callback

    def fit(self, X: Any, y: Any = None) -> Density:
        """Fits a model to rows that are normal; ``y`` is not used. Ctrl-C ends it and leaves nothing."""
        words = flags(self.get_params(deep=False))
        X = self._rows(X, reset=True, ensure_min_samples=LEAST_ROWS)
        unnamed = [f"x{i}" for i in range(X.shape[1])]
        columns = [str(name) for name in getattr(self, "feature_names_in_", unnamed)]
        rate = self._rate(len(X))
        if rate is not None:
            words.append(("false-alarm", repr(rate)))
        started = time.perf_counter()
        engine, report = _core.fit(X, columns, words, self.name, self._progress())
        notes, self._refused = report.pop("notes"), report.pop("refused")
        self.report_ = {**report, "seconds": time.perf_counter() - started}
        self._take(Model._of(engine))
        # what is told comes last: a warning that is made an error loses no fit
        if self._refused is not None:
            remedy = "the model is fitted, without a threshold: calibrate(X) sets one by other rows"
            notes.append(f"{self._refused}; {remedy}")
        for note in notes:
            warnings.warn(note, Note, stacklevel=2)
        return self

    def _rate(self, rows: int) -> float | None:
        """The rate of false alarms to ask for: what can be held back may allow no lower one."""
        asked = self.false_alarm
        if asked is None:
            return None
        if not (isinstance(asked, numbers.Real) and 0 < float(asked) < 1):
            raise SettingError(f"false_alarm={asked!r}: give a part between 0 and 1, such as 0.01")
        if rows < LEAST_DIVIDED:
            text = f"X: {rows} rows are too few to hold some back for a threshold: no row raises the alarm"
            warnings.warn(text, Note, stacklevel=3)
            return None
        most = rows // 2
        rate = max(float(asked), 1 / (most + 1))
        if rate > asked:
            text = f"X: of {rows} rows {most} may be held back for the threshold, and allow no lower rate of"
            warnings.warn(
                f"{text} false alarms than {rate:.2g}; false_alarm={asked} needs more", Note, stacklevel=3
            )
        return rate

    #: why the rows held back have set no threshold
    _refused: str | None = None

    def _take(self, model: Model) -> None:
        self.model_ = model
        self.offset_ = -math.inf if model.threshold is None else model.threshold
        self.false_alarm_ = model.false_alarm

    def _progress(self) -> Callable[[dict[str, Any]], object] | None:
        callback, verbose = self.callback, self.verbose
        if not verbose:
            return callback

        def told(now: dict[str, Any]) -> None:
            valid = "–" if now["valid_nats"] is None else f"{now['valid_nats']:.3f}"
            line = f"epoch {now['epoch']}/{now['epochs']}  train {now['train_nats']:.3f}  valid {valid} nats"
            print(f"{line}  {now['seconds_left']:.0f} s left", file=sys.stderr, flush=True)
            if callback is not None:
                callback(now)

        return told

    def calibrate(self, X: Any, false_alarm: float | None = None, samples: int | None = None) -> Density:
        """Sets the threshold by normal rows that the fit has not seen.

        Of new rows like them at most the part ``false_alarm`` raises the alarm, whatever model and data.
        From then on scores have so many ``samples``, by default as many as before.
        """
        check_is_fitted(self, "model_")
        rate = self.false_alarm if false_alarm is None else false_alarm
        self._take(self.model_.calibrate(self._rows(X), 0.05 if rate is None else rate, samples))
        return self

    def score_samples(self, X: Any) -> npt.NDArray[np.float64]:
        """log p(x) of each row in nats; higher is more typical. The numbers are those of every device."""
        return self._scores(self._rows(X))

    def _scores(self, rows: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        scores: npt.NDArray[np.float64] = self.model_.score(rows).astype(np.float64)
        return scores

    def score(self, X: Any, y: Any = None) -> float:
        """The mean of log p(x) over the rows, in nats: what a search over settings raises."""
        return float(self.score_samples(X).mean())

    def decision_function(self, X: Any) -> npt.NDArray[np.float64]:
        """How far each row is above the threshold, in nats: below 0 it raises the alarm.

        It is ``score_samples(X) - offset_``, but for few rows of a network that devices give up early, whose
        statistic is lower than their score.
        """
        rows = self._rows(X)
        if not self.model_.is_calibrated and self.false_alarm is not None and self._refused is None:
            return self._scores(rows) - self.offset_
        if not self.model_.is_calibrated:
            why = "" if self._refused is None else f" ({self._refused})"
            raise NotCalibratedError(
                f"no alarm threshold is set{why}; calibrate(X) does so by rows of their own"
            )
        statistics: npt.NDArray[np.float64] = self.model_._engine.statistics(rows).astype(np.float64)
        return statistics - self.offset_

    def predict(self, X: Any) -> npt.NDArray[np.int64]:
        """-1 for rows that raise the alarm, 1 for the others."""
        return np.where(self.decision_function(X) < 0, -1, 1)

    def explain(self, x: Any, top: int = 3) -> list[Cause]:
        """The numbers of one row that are least like those of normal rows, the oddest first."""
        row = x if hasattr(x, "iloc") and x.ndim == 2 else np.reshape(np.asarray(x), (1, -1))
        return self.model_.explain(self._rows(row)[0], top)

    def reconstruct(self, X: Any) -> Floats:
        """What the model expects of each row, in its units."""
        return self.model_.reconstruct(self._rows(X))

    def encode(self, X: Any) -> Floats:
        """The most likely latent of each row; a mixture has none."""
        return self.model_.encode(self._rows(X))

    def sample(self, n_samples: int = 1, seed: int = 0) -> Floats:
        """Rows drawn from the model."""
        check_is_fitted(self, "model_")
        return self.model_.sample(n_samples, seed)

    def save(self, path: StrPath) -> None:
        """Writes the model file, whole or not at all."""
        check_is_fitted(self, "model_")
        self.model_.save(path)

    @classmethod
    def load(cls, path: StrPath) -> Density:
        """An estimator with the model of a file, fitted here or by ``elbow fit``, without its settings."""
        model = open(path)
        loaded = cls(name=model.name, false_alarm=model.false_alarm)
        loaded.n_features_in_ = len(model.columns)
        if model.columns != [f"x{i}" for i in range(len(model.columns))]:
            loaded.feature_names_in_ = np.asarray(model.columns, dtype=object)
        loaded._take(model)
        return loaded

    def to_firmware(self, folder: StrPath) -> list[Path]:
        """Writes ``NAME.elbow``, the Rust type ``NAME.rs`` and the C array ``NAME.h``."""
        check_is_fitted(self, "model_")
        return self.model_.to_firmware(folder)

    def _rows(self, X: Any, reset: bool = False, **checks: Any) -> npt.NDArray[Any]:
        """As scikit-learn checks them; of tables of Arrow as the model does, by their names."""
        if not reset:
            check_is_fitted(self, "model_")
        if is_arrow(X) and not reset:
            return self.model_._rows(X)  # type: ignore[no-any-return]
        if is_arrow(X):
            X, names = every_column(X)
            rows = self._rows(X, reset=True, **checks)
            self.feature_names_in_ = np.asarray(names, dtype=object)
            return rows
        checked: npt.NDArray[Any] = validate_data(
            self, X, reset=reset, dtype=[np.float64, np.float32], ensure_all_finite=True, **checks
        )
        return checked
