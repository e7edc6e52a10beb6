#!/bin/sh
# The runs of Burda, Grosse and Salakhutdinov (2016), table 1, on MNIST: iwae.sh DATA_FOLDER OUT_FOLDER [RUN [EPOCHS]]
#
# DATA_FOLDER holds mnist/{train,t10k}-images-idx3-ubyte.gz and, for the run `fixed50`, binarized_mnist/binarized_mnist_*_packed.npy.
# RUN is one of elbo1, iwae5, dreg5, dreg50, fixed50; without it all are run, one after the other. A run is a folder in OUT_FOLDER (config.toml,
# metrics.jsonl, model.elbow, eval.json, and ten models on the way); started again, it goes on from its last checkpoint. 3,280 epochs
# are the paper's.
set -eu
data=$(cd "$1" && pwd)
mkdir -p "$2"
out=$(cd "$2" && pwd)
cd "$(dirname "$0")/../.."
cargo build --release --bin elbow
elbow=${CARGO_TARGET_DIR:-target}/release/elbow

# run NAME OBJECTIVE EPOCHS TRAIN TEST BINARIZE VALID
run() {
    "$elbow" fit "$4" --run "$out/$1" --resume --objective "$2" --epochs "$3" --patience "$3" \
        --likelihood bernoulli --binarize "$6" --latent gaussian:50 --hidden 200,200 --activation tanh \
        --batch 20 --lr 0.001 --lr-schedule iwae --epsilon 1e-4 --valid "$7" --valid-samples 5 \
        --snapshot-every $((($3 + 9) / 10))
    "$elbow" --json eval "$out/$1/model.elbow" "$5" --binarize "$6" --samples 5000 | tee "$out/$1/eval.json"
    # test bounds of 500 samples at a tenth, two tenths, … of the epochs; when that was, metrics.jsonl says
    for model in "$out/$1"/epoch-*.elbow; do
        "$elbow" --json eval "$model" "$5" --binarize "$6" --samples 500 >"${model%.elbow}.json"
    done
}

# 59,598 images fitted and 402 held out, bits drawn anew in every epoch
dynamic() {
    run "$1" "$2" "$3" "$data/mnist/train-images-idx3-ubyte.gz" "$data/mnist/t10k-images-idx3-ubyte.gz" dynamic 0.0067
}

# the bits of Larochelle and Murray, unpacked: 57,000 images fitted and 3,000 held out
fixed() {
    python3 - "$data/binarized_mnist" "$out" <<'UNPACK'
import sys, numpy
bits = lambda name: numpy.unpackbits(numpy.load(f"{sys.argv[1]}/binarized_mnist_{name}_packed.npy"), axis=1)
numpy.save(f"{sys.argv[2]}/fixed-train.npy", numpy.concatenate([bits("train"), bits("valid")]))
numpy.save(f"{sys.argv[2]}/fixed-test.npy", bits("test"))
UNPACK
    run "$1" "$2" "$3" "$out/fixed-train.npy" "$out/fixed-test.npy" none 0.05
}

one() {
    case $1 in
    elbo1) dynamic elbo1 elbo "${2:-3280}" ;;
    iwae5) dynamic iwae5 iwae:5 "${2:-3280}" ;;
    dreg5) dynamic dreg5 dreg:5 "${2:-3280}" ;;
    dreg50) dynamic dreg50 dreg:50 "${2:-600}" ;;
    fixed50) fixed fixed50 dreg:50 "${2:-300}" ;;
    *) echo "$1 is not a run: choose elbo1, iwae5, dreg5, dreg50 or fixed50" >&2 && exit 2 ;;
    esac
}

if [ $# -ge 3 ]; then
    one "$3" "${4:-}"
else
    for name in elbo1 iwae5 dreg5 dreg50 fixed50; do one $name ""; done
fi
