#!/usr/bin/env bash
# Builds the wheel, installs it in an environment of its own, and tests it there as a user has it.
# With --slow a million rows go through each engine of tables too, and Spark, of 850 MB and with Java, is installed.
set -euo pipefail
cd "$(dirname "$0")"

target=$(realpath -m "${CARGO_TARGET_DIR:-../target}")/python
venv=$target/venv
export CARGO_TARGET_DIR=$target PIP_DISABLE_PIP_VERSION_CHECK=1

skip() {
    echo "skipped: $*"
    exit 0
}

python3 -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    skip 'Python 3.11 or later with its venv is missing: apt-get install python3-venv'
# The versions are pinned: an environment of the same ones serves again.
if ! cmp -s requirements.txt "$venv/requirements.txt"; then
    python3 -m venv --clear "$venv"
    "$venv/bin/pip" index versions pip >/dev/null 2>&1 || skip 'no index of packages can be reached by pip'
    "$venv/bin/pip" install --quiet -r requirements.txt
    cp requirements.txt "$venv/requirements.txt"
fi
PATH=$venv/bin:$PATH
if [ "${1:-}" = --slow ]; then
    pip install --quiet pyspark==4.3.0
    java -version 2>/dev/null || skip 'Java is missing, which Spark runs on: apt-get install openjdk-17-jre-headless'
else
    echo 'skipped: Spark, and a million rows in DuckDB and DataFusion: python/check.sh --slow runs them'
fi

cargo fmt --check
ruff format --check .
ruff check .
cargo clippy --locked --release -- -D warnings
rm -rf "$target/wheels"
maturin build --locked --release --interpreter "$venv/bin/python" --out "$target/wheels"
pip install --quiet --force-reinstall --no-deps "$target"/wheels/*.whl
abi3audit --strict "$target"/wheels/*.whl
mypy package/elbow tests/typed.py
python -m mypy.stubtest elbow._core
# outside of the sources, so that what is tested is what was installed
pytest --quiet -p no:cacheprovider --rootdir . tests "$@"
