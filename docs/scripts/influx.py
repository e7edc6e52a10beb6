#!/usr/bin/env python3
"""What `elbow watch --format influx` writes, as an InfluxDB takes it.

    python3 docs/scripts/influx.py target/release/elbow influxd    # apt-get download influxdb, dpkg -x

Starts the server on two free ports in a folder of its own, sends 400 lines of a model whose names have all that the
protocol escapes, and compares what the server gives back with `--format jsonl`.
"""
import json, pathlib, random, socket, subprocess, sys, tempfile, time, urllib.error, urllib.parse, urllib.request

NAMES = ['flow, l/s', 'tag=1', 'two words', 'quoted "in"', "back\\slash", "größe 流量"]
CONFIG = """
bind-address = "127.0.0.1:{backup}"
reporting-disabled = true
[meta]
  dir = "{folder}/meta"
[data]
  dir = "{folder}/data"
  wal-dir = "{folder}/wal"
[http]
  bind-address = "127.0.0.1:{http}"
  log-enabled = false
"""


def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def table(path, rows, seed):
    draw = random.Random(seed)
    quoted = ",".join('"' + name.replace('"', '""') + '"' for name in NAMES)
    lines = [",".join(f"{draw.gauss(0, 1) + (9 if i % 50 == 49 else 0):.3f}" for _ in NAMES) for i in range(rows)]
    path.write_text("\n".join([quoted, *lines]) + "\n")


def ask(url, data=None):
    while True:
        try:
            with urllib.request.urlopen(url, data) as answer:
                return answer.read()
        except urllib.error.HTTPError as refused:
            sys.exit(f"refused: {refused.read().decode()}")
        except urllib.error.URLError:
            time.sleep(0.2)


def main(program, influxd):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        run = lambda *words: subprocess.run([program, *words], cwd=folder, capture_output=True, text=True, check=True).stdout
        table(folder / "fit.csv", 600, 1)
        table(folder / "new.csv", 400, 2)
        run("fit", "fit.csv", "--model", "gaussian", "--name", "pump 7, line=2", "--false-alarm", "0.05", "--out", "m.elbow")
        watch = lambda form: run("watch", "m.elbow", "new.csv", "--alarm", "3/5", "--format", form).splitlines()
        lines, objects = watch("influx"), [json.loads(line) for line in watch("jsonl")]
        ports = {"backup": port(), "http": port()}
        (folder / "influx.conf").write_text(CONFIG.format(folder=folder, **ports))
        server = subprocess.Popen([influxd, "-config", folder / "influx.conf"], stderr=subprocess.DEVNULL)
        try:
            at = f"http://127.0.0.1:{ports['http']}"
            ask(f"{at}/query", urllib.parse.urlencode({"q": "CREATE DATABASE d"}).encode())
            for line in lines:
                ask(f"{at}/write?db=d", line.encode())
            found = json.loads(ask(f"{at}/query?db=d&q={urllib.parse.quote('SELECT * FROM elbow')}"))
        finally:
            server.terminate()
            server.wait()
    series = found["results"][0]["series"][0]
    rows = [dict(zip(series["columns"], values)) for values in series["values"]]
    assert len(rows) == len(lines) == len(objects) == 400, (len(rows), len(lines), len(objects))
    for row, told in zip(rows, objects):
        for name, value in row.items():
            if name in told and value is not None and not isinstance(told[name], (dict, list)):
                same = abs(value - told[name]) < 1e-6 * max(1, abs(value)) if isinstance(value, float) else value == told[name]
                assert same, (name, value, told[name])
    print(f"{len(rows)} points, fields {', '.join(series['columns'])}; model {rows[0]['model']!r}")


main(*sys.argv[1:])
