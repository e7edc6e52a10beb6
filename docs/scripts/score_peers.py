#!/usr/bin/env python3
"""Scores in ONNX Runtime beside `elbow bench score`, by turns: rows per second and the time of one row.

    pip install onnx onnxruntime numpy
    taskset -c 0 python3 docs/scripts/score_peers.py target/release/elbow [THREADS] [ROUNDS] [avx2]

The same computation: encoder D-64-32-(8, 8) tanh, K fixed normal numbers, decoder 8-32-64-D, normal
likelihood with one scale per feature, log-mean-exp over K. The weights are random, since only speed is compared.
Both sides show their fastest round. `avx2` holds Elbow to those vector instructions; ONNX Runtime has no such
switch and takes the widest.
"""
import json
import subprocess
import sys
import time

import numpy as np
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

LATENT, ROWS, SECONDS = 8, 2048, 0.5
CASES = ((140, 1), (140, 16), (140, 64), (9, 16))


def model(dims, samples):
    """The score of [rows, dims] as an ONNX graph."""
    rng = np.random.default_rng(0)
    nodes, constants = [], []

    def constant(values):
        name = f"c{len(constants)}"
        constants.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def op(kind, *inputs, **attributes):
        name = f"v{len(nodes)}"
        nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def weights(i, o):
        return constant(rng.uniform(-1, 1, (i, o)).astype(np.float32) / np.float32(np.sqrt(i)))

    def zeros(o):
        return constant(np.zeros(o, np.float32))

    def gemm(x, i, o):
        return op("Gemm", x, weights(i, o), zeros(o))

    def dense(x, i, o):
        return op("Add", op("MatMul", x, weights(i, o)), zeros(o))

    def number(x):
        return constant(np.float32(x))

    def total(x):
        return op("ReduceSum", x, constant(np.array([-1], np.int64)), keepdims=0)

    h = op("Tanh", gemm(op("Tanh", gemm("x", dims, 64)), 64, 32))
    loc, log_scale = gemm(h, 32, LATENT), gemm(h, 32, LATENT)
    noise = rng.standard_normal((samples, 1, LATENT)).astype(np.float32)
    z = op("Add", loc, op("Mul", op("Exp", log_scale), constant(noise)))
    hidden = op("Tanh", dense(op("Tanh", dense(z, LATENT, 32)), 32, 64))
    inverse = rng.uniform(0.5, 1.5, dims).astype(np.float32)
    r = op("Mul", op("Sub", "x", dense(hidden, 64, dims)), constant(inverse))
    half = number(0.5)
    log_prob = op("Add", op("Mul", total(op("Mul", r, r)), number(-0.5)), number(np.log(inverse).sum()))
    prior = op("Sub", log_scale, op("Mul", op("Mul", z, z), half))
    log_ratio = total(op("Add", prior, constant(0.5 * noise * noise)))
    log_weight = op("Add", log_prob, log_ratio)
    mean = op("ReduceLogSumExp", log_weight, axes=[0], keepdims=0)
    nodes.append(helper.make_node("Sub", [mean, number(np.log(samples))], ["score"]))

    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["rows", dims])
    score = helper.make_tensor_value_info("score", TensorProto.FLOAT, ["rows"])
    graph = helper.make_graph(nodes, "score", [x], [score], constants)
    opsets = [helper.make_opsetid("", 17)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()


def fastest(f, repeats):
    """Seconds of the fastest of many rounds."""
    f()
    best, begun = float("inf"), time.perf_counter()
    while time.perf_counter() - begun < SECONDS:
        start = time.perf_counter()
        for _ in range(repeats):
            f()
        best = min(best, (time.perf_counter() - start) / repeats)
    return best


def peer(threads):
    """(rows per second, microseconds of one row) of each case."""
    for dims, samples in CASES:
        options = ort.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        session = ort.InferenceSession(model(dims, samples), options, providers=["CPUExecutionProvider"])
        x = np.random.default_rng(1).standard_normal((ROWS, dims), dtype=np.float32)
        batch = fastest(lambda: session.run(None, {"x": x}), 1)
        single = fastest(lambda: session.run(None, {"x": x[:1]}), 20)
        yield ROWS / batch, 1e6 * single


def ours(elbow, threads, simd):
    command = [elbow, "bench", "score", "--json", "--threads", str(threads), "--seconds", str(SECONDS)]
    command += ["--simd", *simd] if simd else []
    for point in json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["points"]:
        yield point["rows_per_second"], point["single_row_us"]


def main():
    elbow, numbers, simd = sys.argv[1], sys.argv[2:4], sys.argv[4:5]
    threads, rounds = [int(arg) for arg in numbers + ["1", "3"][len(numbers) :]]
    best = [[0.0, float("inf"), 0.0, float("inf")] for _ in CASES]
    for _ in range(rounds):
        for figures, (rate, single), (peer_rate, peer_single) in zip(best, ours(elbow, threads, simd), peer(threads)):
            figures[0], figures[1] = max(figures[0], rate), min(figures[1], single)
            figures[2], figures[3] = max(figures[2], peer_rate), min(figures[3], peer_single)
    print(f"{' '.join(simd)} threads {threads}, onnxruntime {ort.__version__}: rows/s, then microseconds of one row")
    for (dims, samples), (rate, single, peer_rate, peer_single) in zip(CASES, best):
        print(
            f"D {dims:3} K {samples:2}: {rate:9,.0f} and {peer_rate:9,.0f}, {rate / peer_rate:.2f} times;"
            f"  {single:5.2f} and {peer_single:5.2f}, {peer_single / single:.1f} times"
        )


if __name__ == "__main__":
    main()
