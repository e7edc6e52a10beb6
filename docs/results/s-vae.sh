#!/bin/sh
# Reruns the table of docs/results/s-vae.md: s-vae.sh MNIST_FOLDER OUT_FOLDER [LATENT constant|cosine]
# MNIST_FOLDER holds train-images-idx3-ubyte.gz and t10k-images-idx3-ubyte.gz. One thread; a result is two JSON files.
set -eu
mkdir -p "$2"
mnist=$(cd "$1" && pwd) out=$(cd "$2" && pwd)
cd "$(dirname "$0")/../.."
cargo build --release --bin elbow

run() {
    name=$out/$(echo "$1" | tr -d ':')-$2
    ${CARGO_TARGET_DIR:-target}/release/elbow --json --threads 1 fit "$mnist/train-images-idx3-ubyte.gz" --latent "$1" \
        --likelihood bernoulli --binarize dynamic --hidden 256,128 --activation relu --objective elbo \
        --batch 64 --lr 0.001 --lr-schedule "$2" --epochs 300 --warmup 100 --patience 50 \
        --valid 0.02 --valid-samples 8 --out "$name.elbow" >"$name.fit.json"
    ${CARGO_TARGET_DIR:-target}/release/elbow --json --threads 1 eval "$name.elbow" "$mnist/t10k-images-idx3-ubyte.gz" \
        --binarize dynamic --samples 500 | tee "$name.eval.json"
}

if [ $# -eq 4 ]; then
    run "$3" "$4"
    exit
fi
# the sphere in D coordinates has dimension D − 1
for latent in gaussian:2 vmf:3 gaussian:5 vmf:6 gaussian:10 vmf:11; do run $latent constant; done
for latent in gaussian:5 vmf:6 gaussian:10 vmf:11; do run $latent cosine; done
