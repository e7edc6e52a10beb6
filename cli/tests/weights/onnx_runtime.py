"""Holds what `elbow export --onnx` writes to what ONNX Runtime makes of it: latents and reconstructions of
models of each family, beside those of `elbow encode` and `elbow reconstruct`; of autoencoders also the log
likelihood of the reconstruction, by its formula from all that the graph gives, beside `elbow score`.

    python onnx_runtime.py PROGRAM
"""

import math
import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import onnxruntime
except ImportError as missing:
    print(f"skipped: {missing}; pip install numpy onnxruntime")
    sys.exit(0)

NUMBERS = "--hidden 9,7 --latent gaussian:3"
POINT = "--hidden 9 --latent gaussian:2 --model ae"
KINDS = {
    "relu": f"{NUMBERS} --activation relu",
    "leaky-relu": f"{NUMBERS} --activation leaky-relu",
    "tanh": f"{NUMBERS} --activation tanh",
    "sigmoid": f"{NUMBERS} --activation sigmoid",
    "silu": f"{NUMBERS} --activation silu",
    "elu": f"{NUMBERS} --activation elu",
    "softplus": f"{NUMBERS} --activation softplus",
    "clipped": f"{NUMBERS} --clip 0.5",
    "per-output": f"{NUMBERS} --likelihood gaussian-per-output",
    "student-t": f"{NUMBERS} --likelihood student-t",
    "sphere": "--hidden 9 --latent vmf:3",
    "fixed": "--hidden 9 --latent vmf:3,kappa=9",
    "prior": f"{NUMBERS} --prior gmm:4",
    "point": POINT,
    "point-each": f"{POINT} --likelihood gaussian-per-output",
    "point-bits": f"{POINT} --likelihood bernoulli",
    "point-counts": f"{POINT} --likelihood negative-binomial",
    "bits": "--hidden 9 --latent gaussian:2 --likelihood bernoulli",
    "counts": "--hidden 9 --latent gaussian:2 --likelihood negative-binomial",
}


def table(path):
    return np.loadtxt(path, delimiter=",", skiprows=1, ndmin=2, dtype=np.float64)


def apart(ours, theirs):
    return np.max(np.abs(ours - theirs) / np.maximum(np.abs(ours), np.sqrt(np.mean(ours**2)) + 1e-30))


log_gamma = np.vectorize(math.lgamma)


def log_likelihood(x, given):
    """Of frames at their reconstruction, in nats, by what the graph gives of the law."""
    x, given = x.astype(np.float64), {name: value.astype(np.float64) for name, value in given.items()}
    if "log_mean" in given:
        mean, r = np.exp(given["log_mean"]), np.exp(given["log_r"])
        choices = log_gamma(x + r) - log_gamma(r) - log_gamma(x + 1)
        return np.sum(choices + r * np.log(r / (r + mean)) + x * np.log(mean / (r + mean)), 1)
    loc = given["reconstruction"]
    if "scale" in given:
        scale = given["scale"]
    elif "reconstruction_log_variance" in given:
        scale = np.exp(given["reconstruction_log_variance"] / 2)
    else:
        return np.sum(np.log(np.where(x > 0, loc, 1 - loc)), 1)
    u = (x - loc) / scale
    return np.sum(-(u**2) / 2 - np.log(scale) - math.log(2 * math.pi) / 2, 1)


def compare(run, folder, name, flags, data):
    run("fit", data, *flags.split(), "--epochs", "3", "--out", "m.elbow", "--force")
    run("export", "m.elbow", "--onnx", "m.onnx", "--force")
    run("encode", "m.elbow", data, "--out", "z.csv", "--force")
    run("reconstruct", "m.elbow", data, "--out", "back.csv", "--force")
    session = onnxruntime.InferenceSession(str(folder / "m.onnx"))
    names = [output.name for output in session.get_outputs()]
    given = dict(zip(names, session.run(None, {"frames": np.load(folder / data)})))
    latents, latent = table(folder / "z.csv"), next(iter(given.values()))
    dims = latent.shape[1]
    worst = {names[0]: apart(latents[:, :dims], latent)}
    if "log_variance" in given:
        worst["log_variance"] = apart(2 * np.log(latents[:, dims : 2 * dims]), given["log_variance"])
    if "kappa" in given:
        worst["kappa"] = apart(latents[:, dims : dims + 1], given["kappa"] + 0 * latents[:, :1])
    if "reconstruction" in given:
        worst["reconstruction"] = apart(table(folder / "back.csv"), given["reconstruction"])
    if name.startswith("point"):
        run("score", "m.elbow", data, "--out", "scores.csv", "--force")
        scores = table(folder / "scores.csv")[:, 1]
        worst["likelihood"] = apart(scores, log_likelihood(np.load(folder / data), given))
    told = ", ".join(f"{part} {value:.1e}" for part, value in worst.items())
    print(f"{name:12}  {told}")
    # not a number is no agreement
    return all(value <= 1e-5 for value in worst.values())


def main(program):
    random = np.random.default_rng(3)
    hidden = random.normal(size=(300, 2))
    numbers = hidden @ random.normal(size=(2, 5)) * [1, 2, 30, 0.1, 5] + random.normal(size=5) * 10
    numbers += 0.1 * random.normal(size=numbers.shape)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        np.save(folder / "numbers.npy", numbers.astype(np.float32))
        np.save(folder / "bits.npy", (numbers > numbers.mean(0)).astype(np.float32))
        np.save(folder / "counts.npy", random.poisson(np.exp(hidden @ np.ones((2, 4)))).astype(np.float32))

        def run(*arguments):
            subprocess.run([program, *arguments], cwd=folder, check=True, capture_output=True)

        def data(kind):
            return next((f"{of}.npy" for of in ["bits", "counts"] if of in kind), "numbers.npy")

        good = [compare(run, folder, kind, KINDS[kind], data(kind)) for kind in KINDS]
    print(f"{sum(good)} of {len(good)} within 1e-5")
    sys.exit(not all(good))


main(str(pathlib.Path(sys.argv[1]).resolve()))
