"""SciPy's von Mises-Fisher distribution on the grid of the samplers' tests.

    python vmf_scipy.py > vmf_scipy.csv                  (scipy 1.17.1, numpy 2.4.6; a minute)

    entropy     entropy() in nats, with respect to surface area
    log_mode    logpdf at the mean direction, likewise
    ks          sqrt(n) D of n = 200,000 samples' 1 - mu.z against the law (an alarm at false-alarm rate 1e-5: 2.47)
    nan         samples that are not finite
    off         largest | |z| - 1 |
    micros      microseconds a sample, for 200,000 at once

A dash stands for a value that SciPy does not give: its own error, nan or infinity.
"""

import time
import warnings

import numpy as np
from scipy.stats import vonmises_fisher

N = 200_000
warnings.simplefilter("ignore")


def law(d, kappa):
    """Distribution function of t = 1 - mu.z, by Simpson's rule over the angle."""
    end = 2 * np.arcsin(np.sqrt(min(2.0, (50 + 4 * d) / max(kappa, 1e-9)) / 2))
    theta = np.linspace(0, end, 40_001)
    f = np.exp(-2 * kappa * np.sin(theta / 2) ** 2) * np.abs(np.sin(theta)) ** (d - 2)
    mass = np.concatenate([[0], np.cumsum((f[:-2:2] + 4 * f[1:-1:2] + f[2::2]))])
    return lambda t: np.interp(2 * np.arcsin(np.sqrt(np.clip(t, 0, 2) / 2)), theta[::2], mass / mass[-1])


def distance(t, cdf):
    f, i = cdf(np.sort(t)), np.arange(len(t))
    return max(np.max(f - i / len(t)), np.max((i + 1) / len(t) - f)) * np.sqrt(len(t))


def show(value, digits=".9g"):
    return format(value, digits) if np.isfinite(value) else "-"


def row(d, kappa):
    mu = np.sin(1.0 + np.arange(d))
    mu /= np.linalg.norm(mu)
    try:
        q = vonmises_fisher(mu, kappa)
        entropy, log_mode = float(q.entropy()), float(q.logpdf(mu))
        start = time.perf_counter()
        z = q.rvs(N, random_state=np.random.default_rng(1))
        micros = (time.perf_counter() - start) / N * 1e6
    except (ValueError, FloatingPointError):
        return ["-"] * 6
    good = np.isfinite(z).all(axis=1)
    t = 0.5 * np.sum((z[good] - mu) ** 2, axis=1)
    off = np.max(np.abs(np.linalg.norm(z[good], axis=1) - 1))
    ks = distance(t, law(d, kappa))
    return [show(entropy), show(log_mode), show(ks, ".3f"), str(N - good.sum()), show(off, ".1e"), show(micros, ".2f")]


print("d,kappa,entropy,log_mode,ks,nan,off,micros")
for d in (2, 3, 4, 8, 16, 64):
    for kappa in (0, 0.1, 1, 10, 100, 1000, 10000):
        print(d, kappa, *row(d, float(kappa)), sep=",", flush=True)
