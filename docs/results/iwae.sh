#!/bin/sh
# The table of docs/results/iwae.md, on MNIST: iwae.sh DATA_FOLDER OUT_FOLDER [RUN]
#
# DATA_FOLDER holds mnist/{train,t10k}-images-idx3-ubyte.gz and, for the runs `fixed1` and `fixed50`, binarized_mnist/binarized_mnist_*_packed.npy.
# RUN is one of elbo1, elbo2, dreg5, dreg50, dreg50b, dreg50c, fixed1, fixed50, fixed5, fixed50b, fixed50c, fixed50d, and begins at the end of another: elbo1 → elbo2 → dreg5, elbo2 → dreg50 → dreg50b → dreg50c, fixed1 → fixed50 → fixed5 → fixed50b → fixed50c → fixed50d.
# Without it all are run in this order. A run is a folder in OUT_FOLDER (config.toml, metrics.jsonl, model.elbow, eval.json, and five models
# on the way with test.json beside each); started again, it goes on from its last checkpoint.
set -eu
data=$(cd "$1" && pwd)
mkdir -p "$2"
out=$(cd "$2" && pwd)
cd "$(dirname "$0")/../.."
cargo build --release --bin elbow
elbow=${CARGO_TARGET_DIR:-target}/release/elbow

# run NAME OBJECTIVE EPOCHS RATE [START]
run() {
    case $1 in
    fixed50d) train=$out/fixed-train.npy test=$out/fixed-test.npy bits=none valid=0.0067 ;;
    fixed*) train=$out/fixed-train.npy test=$out/fixed-test.npy bits=none valid=0.05 ;;
    *) train=$data/mnist/train-images-idx3-ubyte.gz test=$data/mnist/t10k-images-idx3-ubyte.gz bits=dynamic valid=0.0067 ;;
    esac
    "$elbow" --threads 1 fit "$train" --run "$out/$1" --resume --objective "$2" --epochs "$3" --patience "$3" \
        --likelihood bernoulli --binarize $bits --latent gaussian:50 --hidden 200,200 --activation tanh \
        --batch 100 --lr "$4" --lr-schedule cosine --valid $valid --valid-samples 50 \
        --snapshot-every $((($3 + 4) / 5)) ${5:+--start "$out/$5/model.elbow"}
    "$elbow" --json eval "$out/$1/model.elbow" "$test" --binarize $bits --samples 5000 | tee "$out/$1/eval.json"
    # the curve: test bounds of 500 samples at every fifth of the epochs; when that was, metrics.jsonl says
    for model in "$out/$1"/epoch-*.elbow; do
        "$elbow" --json eval "$model" "$test" --binarize $bits --samples 500 >"${model%.elbow}.test.json"
    done
}

# The bits of Larochelle and Murray, fitting and validation sets together.
unpack() {
    python3 - "$data/binarized_mnist" "$out" <<'UNPACK'
import sys, numpy
bits = lambda name: numpy.unpackbits(numpy.load(f"{sys.argv[1]}/binarized_mnist_{name}_packed.npy"), axis=1)
numpy.save(f"{sys.argv[2]}/fixed-train.npy", numpy.concatenate([bits("train"), bits("valid")]))
numpy.save(f"{sys.argv[2]}/fixed-test.npy", bits("test"))
UNPACK
}

for name in ${3:-elbo1 elbo2 dreg5 dreg50 dreg50b dreg50c fixed1 fixed50 fixed5 fixed50b fixed50c fixed50d}; do
    case $name in
    elbo1) run elbo1 elbo 400 0.001 ;;
    elbo2) run elbo2 elbo 1000 0.0007 elbo1 ;;
    dreg5) run dreg5 dreg:5 400 0.0006 elbo2 ;;
    dreg50) run dreg50 dreg:50 60 0.0006 elbo2 ;;
    dreg50b) run dreg50b dreg:50 45 0.0005 dreg50 ;;
    dreg50c) run dreg50c dreg:50 64 0.001 dreg50b ;;
    fixed1) unpack && run fixed1 elbo 120 0.001 ;;
    fixed50) unpack && run fixed50 dreg:50 30 0.0006 fixed1 ;;
    fixed5) unpack && run fixed5 dreg:5 160 0.0007 fixed50 ;;
    fixed50b) unpack && run fixed50b dreg:50 15 0.0003 fixed5 ;;
    fixed50c) unpack && run fixed50c dreg:50 16 0.0007 fixed50b ;;
    fixed50d) unpack && run fixed50d dreg:50 80 0.001 fixed50c ;;
    *) echo "$name is not a run: choose elbo1, elbo2, dreg5, dreg50, dreg50b, dreg50c, fixed1, fixed50, fixed5, fixed50b, fixed50c or fixed50d" >&2 && exit 2 ;;
    esac
done
