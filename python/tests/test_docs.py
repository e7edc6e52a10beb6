"""What the documentation tells to type works as it is written."""

import os
import re
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
GUIDES = [ROOT / path for path in ("python/README.md", "README.md", "docs/python.md", "docs/fleet.md")]


def programs(guide):
    return re.findall(r"^```python\n(.*?)^```", guide.read_text(encoding="utf-8"), re.M | re.S)


@pytest.mark.filterwarnings("ignore::elbow.Note")
@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: str(guide.relative_to(ROOT)))
def test_programs_of_a_guide_run(guide, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = programs(guide)
    assert found
    # one after another, as a reader types them
    names = {}
    for program in found:
        if "spark" not in program:
            exec(compile(program, str(guide), "exec"), names)


@pytest.mark.slow
def test_programs_on_spark_run(tmp_path, monkeypatch):
    pytest.importorskip("pyspark", reason="pyspark is missing: pip install pyspark")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    names = {}
    for program in programs(ROOT / "docs/fleet.md"):
        exec(compile(program, "docs/fleet.md", "exec"), names)
    assert names["alarms"].count() > 0 and names["frames"].count() == 500
    names["spark"].stop()


def test_the_first_program_raises_its_alarm(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    exec(programs(GUIDES[0])[0], {})
    assert capsys.readouterr().out.startswith("[ 1 -1]")
    assert sorted(os.listdir("model")) == ["density.elbow", "density.h", "density.rs"]


def test_the_notebook_runs():
    notebook = nbformat.read(ROOT / "python/examples/first_hour.ipynb", as_version=4)
    client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": ROOT / "python/examples"}})
    client.execute()
    assert all(cell["execution_count"] for cell in notebook.cells if cell["cell_type"] == "code")
