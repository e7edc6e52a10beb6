"""IWAE bounds and their gradients by PyTorch's automatic differentiation, in float64, for three small models.

    python iwae_gradient.py > iwae_gradient.json        (torch 2.15.0, CPU; two seconds)

The bound is written with torch.distributions, not with the formulas of the trainer: log p(x|z), log p(z) and log q(z|x)
are what PyTorch says they are. Parameters lie in one flat list, in the trainer's order: encoder layers, posterior loc,
posterior log_scale, decoder layers, likelihood's first output, its log_scale; a dense layer is weights [out][in], then
biases. JSON numbers are written so that they are read back exactly.
"""

import json
import math
import platform

import torch
from torch.distributions import Bernoulli, Normal
from torch.nn import functional

ROWS, SAMPLES, FEATURES, WIDTH, DIM = 2, 3, 4, 3, 2
ACTIVATIONS = {"Tanh": torch.tanh, "Silu": functional.silu, "Softplus": functional.softplus}

torch.set_default_dtype(torch.float64)
torch.manual_seed(1)


def decimals(*shape):
    return (torch.randn(*shape) * 10_000).round() / 10_000


def log_prob(likelihood, outputs, target):
    if likelihood == "Bernoulli":
        return Bernoulli(logits=outputs[0]).log_prob(target).sum(-1)
    return Normal(outputs[0], outputs[1].exp()).log_prob(target).sum(-1)


def bound(params, case, input, target, noise):
    rest, f = params, ACTIVATIONS[case["activation"]]

    def take(n):
        nonlocal rest
        taken, rest = rest[:n], rest[n:]
        return taken

    def dense(x, outputs):
        weights = take(outputs * x.shape[-1]).view(outputs, -1)
        return functional.linear(x, weights, take(outputs))

    hidden = f(dense(input, WIDTH))
    posterior = Normal(dense(hidden, DIM)[:, None], dense(hidden, DIM).exp()[:, None])
    z = posterior.loc + posterior.scale * noise
    hidden = f(dense(z, WIDTH))
    outputs = [dense(hidden, FEATURES)]
    if case["likelihood"] == "Gaussian":
        outputs.append(take(FEATURES))
    if case["likelihood"] == "GaussianPerOutput":
        outputs.append(dense(hidden, FEATURES))
    assert not len(rest)
    log_ratio = (Normal(0.0, 1.0).log_prob(z) - posterior.log_prob(z)).sum(-1)
    log_weight = log_prob(case["likelihood"], outputs, target[:, None]) + log_ratio
    return (torch.logsumexp(log_weight, 1) - math.log(SAMPLES)).mean()


def run(likelihood, activation, extra):
    case = {"likelihood": likelihood, "activation": activation}
    layer = lambda inputs, outputs: (inputs + 1) * outputs
    shared = layer(FEATURES, WIDTH) + 2 * layer(WIDTH, DIM) + layer(DIM, WIDTH) + layer(WIDTH, FEATURES)
    params = (decimals(shared + extra) * 0.5).requires_grad_()
    input = decimals(ROWS, FEATURES)
    if likelihood == "Bernoulli":
        input = (input > 0).double()
    target, noise = input.clone(), decimals(ROWS, SAMPLES, DIM)
    if likelihood != "Bernoulli":
        target += 0.25  # what is coded and what the encoder sees need not be the same
    value = bound(params, case, input, target, noise)
    (-value).backward()
    numbers = {"params": params, "input": input, "target": target, "noise": noise, "gradient": params.grad}
    return case | {"bound": value.item()} | {name: t.flatten().tolist() for name, t in numbers.items()}


print(json.dumps({
    "made_by": f"iwae_gradient.py, torch {torch.__version__}, Python {platform.python_version()}",
    "rows": ROWS, "samples": SAMPLES, "features": FEATURES, "width": WIDTH, "dim": DIM,
    "cases": [
        run("Bernoulli", "Tanh", 0),
        run("Gaussian", "Silu", FEATURES),
        run("GaussianPerOutput", "Softplus", (WIDTH + 1) * FEATURES),
    ],
}, indent=None, separators=(",", ":")).replace('{"likelihood"', '\n{"likelihood"'))
