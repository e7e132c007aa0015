"""Following imports: what a file of the project is called, and how often it is parsed."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from triptych_lint.engine import lint_source
from triptych_lint.project import Project
from triptych_lint.settings import Settings
from triptych_lint.source import Source

TRAIN = """\
import torch
from loop import fit

torch.manual_seed(0)
fit(torch.nn.Linear(2, 1))
"""
LOOP = """\
import torch


def fit(model):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        model(torch.ones(4, 2)).sum().backward()
        optimizer.step()
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("train.py").write_text(TRAIN)
    Path("loop.py").write_text(LOOP)
    return tmp_path


def test_a_file_that_was_followed_first_is_still_named_as_the_user_names_it(folder: Path) -> None:
    project, settings = Project(), Settings(root=folder)
    lint_source(Source.read(Path("train.py")), settings, project)
    report = lint_source(Source.read(Path("loop.py")), settings, project)
    assert [(d.code, d.region.filename) for d in report.diagnostics] == [("TRP301", "loop.py")]
    assert {e.region.filename for d in report.diagnostics for e in d.evidence} == {"loop.py"}


def test_a_file_is_parsed_once_for_itself_and_its_importers(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[str] = []
    parse = ast.parse
    monkeypatch.setattr(ast, "parse", lambda text: parsed.append(text) or parse(text))
    project, settings = Project(), Settings(root=folder)
    for name in ("train.py", "loop.py", "train.py"):
        lint_source(Source.read(Path(name)), settings, project)
    assert sorted(parsed) == sorted([TRAIN, LOOP])


def test_the_order_of_the_files_does_not_change_what_is_asked(folder: Path) -> None:
    settings = Settings(root=folder)

    def asked(names: tuple[str, ...]) -> set[tuple[str, str, int]]:
        project = Project()
        return {
            (d.code, d.region.filename, d.region.start.row)
            for name in names
            for d in lint_source(Source.read(Path(name)), settings, project).diagnostics
        }

    assert asked(("train.py", "loop.py")) == asked(("loop.py", "train.py"))


def test_a_package_at_the_current_folder_ends_the_search_there(folder: Path) -> None:
    Path("__init__.py").touch()
    Path("train.py").write_text(TRAIN.replace("from loop", "from .loop").replace("(0)", "()"))

    report = lint_source(Source.read(Path("train.py"), "train.py"), Settings(root=folder))

    assert [problem.message for problem in report.problems] == []
