#!/usr/bin/env python3
"""Milliseconds of a training step: `elbow bench step`, JAX and PyTorch by turns.

    pip install jax torch
    OMP_NUM_THREADS=1 taskset -c 0 python3 docs/scripts/step_peers.py ELBOW [--simd avx2] [--peers jax torch]

The same work on all sides: IWAE bound of K samples (K = 1: the plain one), two hidden layers on each side,
Bernoulli likelihood, forward, backward, Adam. A figure is the time that a tenth of the steps stay within, the
lowest of all rounds. The peers draw bits once, not for each step. `--simd avx2` holds Elbow, PyTorch and the code
that XLA writes to AVX2, but not JAX's matrix products: YNNPACK takes AVX-512 wherever it finds it.
"""
import argparse
import json
import math
import os
import subprocess
import time

parser = argparse.ArgumentParser()
parser.add_argument("elbow", help="the program")
parser.add_argument("--simd", choices=["avx2", "avx512"], default="avx512", help="vector instructions, at most")
parser.add_argument("--peers", nargs="*", choices=["jax", "torch"], default=["jax"])
parser.add_argument("--rounds", type=int, default=2)
ARGS = parser.parse_args()

ISA = {"avx2": "AVX2", "avx512": "AVX512"}[ARGS.simd]
XLA = ["--xla_cpu_multi_thread_eigen=false", "intra_op_parallelism_threads=1", f"--xla_cpu_max_isa={ISA}"]
os.environ["XLA_FLAGS"] = " ".join(XLA)
os.environ["JAX_PLATFORMS"] = "cpu"
# of PyTorch's own kernels, oneDNN's and MKL's
os.environ["ATEN_CPU_CAPABILITY"] = ARGS.simd
os.environ["ONEDNN_MAX_CPU_ISA"] = {"avx2": "AVX2", "avx512": "DEFAULT"}[ARGS.simd]
os.environ["MKL_ENABLE_INSTRUCTIONS"] = ISA

POINTS = [
    ((784, 200, 200, 50), 20, 1, "tanh"),
    ((784, 200, 200, 50), 20, 5, "tanh"),
    ((784, 200, 200, 50), 20, 50, "tanh"),
    ((784, 200, 200, 50), 100, 1, "tanh"),
    ((30, 64, 64, 8), 256, 8, "relu"),
]
SECONDS = 2.0
WARM_UP, LEAST_STEPS = 20, 20


def fastest_tenth(step):
    """`step()` does one step and waits for it."""
    for _ in range(WARM_UP):
        step()
    begun, times = time.perf_counter(), []
    while time.perf_counter() - begun < SECONDS or len(times) < LEAST_STEPS:
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return 1e3 * sorted(times)[len(times) // 10]


def widths(shape):
    features, first, second, dim = shape
    return [(features, first), (first, second), (second, 2 * dim), (dim, second), (second, first), (first, features)]


def jax_step(shape, batch, samples, activation):
    import jax
    import jax.numpy as jnp

    act = {"tanh": jnp.tanh, "relu": jax.nn.relu}[activation]
    keys = iter(jax.random.split(jax.random.PRNGKey(0), 16))

    def dense(inputs, outputs):
        limit = math.sqrt(6 / (inputs + outputs))
        return jax.random.uniform(next(keys), (inputs, outputs), minval=-limit, maxval=limit), jnp.zeros(outputs)

    params = [dense(*pair) for pair in widths(shape)]
    x = (jax.random.uniform(next(keys), (batch, shape[0])) < 0.2).astype(jnp.float32)

    def chain(layers, h):
        for weight, bias in layers[:-1]:
            h = act(h @ weight + bias)
        return h @ layers[-1][0] + layers[-1][1]

    def loss(params, key):
        loc, log_scale = jnp.split(chain(params[:3], x), 2, axis=-1)
        noise = jax.random.normal(key, (samples, batch, shape[-1]))
        z = loc + jnp.exp(log_scale) * noise
        logits = chain(params[3:], z)
        log_likelihood = (x * logits - jax.nn.softplus(logits)).sum(-1)
        log_weight = log_likelihood + (0.5 * noise**2 + log_scale - 0.5 * z**2).sum(-1)
        return math.log(samples) - jax.nn.logsumexp(log_weight, axis=0).mean()

    @jax.jit
    def update(state):
        params, mean, square, key = state
        key, here = jax.random.split(key)
        gradient = jax.grad(loss)(params, here)
        mean = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, mean, gradient)
        square = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, square, gradient)
        params = jax.tree.map(lambda p, m, v: p - 1e-3 * m / (jnp.sqrt(v) + 1e-8), params, mean, square)
        return params, mean, square, key

    zeros = jax.tree.map(jnp.zeros_like, params)
    state = [(params, zeros, zeros, next(keys))]

    def step():
        state[0] = update(state[0])
        jax.block_until_ready(state[0])

    return step


def torch_step(shape, batch, samples, activation):
    import torch
    from torch import nn

    torch.set_num_threads(1)
    torch.manual_seed(0)
    act = {"tanh": nn.Tanh, "relu": nn.ReLU}[activation]
    dense = [nn.Linear(*pair) for pair in widths(shape)]
    encoder = nn.Sequential(dense[0], act(), dense[1], act(), dense[2])
    decoder = nn.Sequential(dense[3], act(), dense[4], act(), dense[5])
    adam = torch.optim.Adam([p for layer in dense for p in layer.parameters()], lr=1e-3)
    x = (torch.rand(batch, shape[0]) < 0.2).float()
    frames = x.expand(samples, -1, -1)

    def step():
        loc, log_scale = encoder(x).chunk(2, -1)
        noise = torch.randn(samples, batch, shape[-1])
        z = loc + log_scale.exp() * noise
        bits = nn.functional.binary_cross_entropy_with_logits(decoder(z), frames, reduction="none")
        log_weight = (0.5 * noise**2 + log_scale - 0.5 * z**2).sum(-1) - bits.sum(-1)
        loss = math.log(samples) - torch.logsumexp(log_weight, 0).mean()
        adam.zero_grad()
        loss.backward()
        adam.step()

    return step


def elbow_ms(shape, batch, samples, activation):
    point = ["--shape", ",".join(map(str, shape)), "--batch", str(batch), "--samples", str(samples)]
    command = [ARGS.elbow, "bench", "step", "--json", "--threads", "1", "--activation", activation, *point]
    simd = ["--simd", "avx2"] if ARGS.simd == "avx2" else []
    found = json.loads(subprocess.run(command + simd, capture_output=True, check=True).stdout)
    return found["simd"], found["points"][0]["ms"]


def main():
    peers = {"jax": jax_step, "torch": torch_step}
    logs = dict.fromkeys(ARGS.peers, 0.0)
    for point in POINTS:
        ours, theirs = math.inf, dict.fromkeys(ARGS.peers, math.inf)
        for _ in range(ARGS.rounds):
            simd, ms = elbow_ms(*point)
            ours = min(ours, ms)
            for name in theirs:
                theirs[name] = min(theirs[name], fastest_tenth(peers[name](*point)))
        shape, batch, samples, _ = point
        line = f"{simd} {'-'.join(map(str, shape)):<16} B {batch:<4} K {samples:<3} elbow {ours:7.3f} ms"
        for name, ms in theirs.items():
            logs[name] += math.log(ms / ours) / len(POINTS)
            line += f"  {name} {ms:7.3f} ms, {ms / ours:.2f} times"
        print(line, flush=True)
    for name, log in logs.items():
        print(f"geometric mean, {name} / elbow: {math.exp(log):.2f}")


main()
