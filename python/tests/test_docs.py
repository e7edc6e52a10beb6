"""What the documentation tells to type works as it is written."""

import os
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
GUIDES = [ROOT / "python/README.md", ROOT / "README.md", ROOT / "docs/python.md"]


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
        exec(compile(program, str(guide), "exec"), names)


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
