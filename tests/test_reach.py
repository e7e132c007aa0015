"""Thin scripts are read if what they import trains, and not parsed if it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from triptych_lint.project import Project
from triptych_lint.source import Source

FORMS = {
    "a module beside it": ("import fitting", "fitting.py"),
    "a module under another name": ("import os, fitting as f", "fitting.py"),
    "a function": ("from fitting import fit", "fitting.py"),
    "a module of a package": ("from lab import fitting", "lab/fitting.py"),
    "a dotted module": ("import lab.deep.fitting", "lab/deep/fitting.py"),
    "several names in brackets": (
        "from lab import (  # what we need\n    plots,  # pictures\n    fitting,\n)",
        "lab/fitting.py",
    ),
    "a relative import": ("from . import fitting", "fitting.py"),
    "an import in a function": ("def main():\n    from lab.fitting import fit", "lab/fitting.py"),
    "a package's own file": ("from lab import fit", "lab/__init__.py"),
}


def _leads(folder: Path, files: dict[str, str]) -> bool:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Project().leads_to_training(Source.read(folder / "run.py"))


@pytest.mark.parametrize(("statement", "file"), FORMS.values(), ids=FORMS.keys())
def test_an_import_of_what_trains_is_followed(statement: str, file: str, tmp_path: Path) -> None:
    assert _leads(tmp_path, {"run.py": statement + "\n", file: "import torch\n"})


@pytest.mark.parametrize(("statement", "file"), FORMS.values(), ids=FORMS.keys())
def test_an_import_of_anything_else_is_none(statement: str, file: str, tmp_path: Path) -> None:
    assert not _leads(tmp_path, {"run.py": statement + "\n", file: "import json\n"})


def test_what_trains_may_be_several_imports_away_in_a_circle(tmp_path: Path) -> None:
    files = {
        "run.py": "import a\n",
        "a.py": "import b\n",
        "b.py": "import a\nimport c\n",
        "c.py": "from sklearn.svm import SVC\n",
    }
    assert _leads(tmp_path, files)
    assert not _leads(tmp_path, {**files, "c.py": "import a\n"})


def test_what_cannot_be_read_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "a.py").symlink_to(tmp_path / "gone.py")
    assert not _leads(tmp_path, {"run.py": "import a\nimport b\n", "b.py": "\x00\xff import\n"})


def test_a_comment_or_a_string_imports_nothing(tmp_path: Path) -> None:
    text = "# import fitting\nhelp = 'from fitting import fit'\n"
    assert not _leads(tmp_path, {"run.py": text, "fitting.py": "import torch\n"})
