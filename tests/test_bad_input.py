"""Whatever it is given, the command line answers with one clear line and goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support import UNSEEDED, Run

Lint = Callable[..., Run]


@pytest.fixture
def beside(lint: Lint, tmp_path: Path) -> Callable[..., Run]:
    """Lints a bad path beside a good script; the good one must be asked about in any case."""
    (tmp_path / "train.py").write_text(UNSEEDED)

    def run(*paths: str, **options: object) -> Run:
        result = lint("--output-format", "json", *paths, "train.py", **options)
        asked = [(x["filename"], x["code"]) for x in json.loads(result.out)]
        assert ("train.py", "TRP201") in asked
        return result

    return run


def only_line(run: Run) -> str:
    (line,) = run.err.splitlines()
    return line


def test_a_missing_path(beside: Lint) -> None:
    run = beside("gone.py")
    assert run.code == 2
    assert only_line(run) == "gone.py: no such file or folder"


def test_a_folder_without_python(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").touch()
    run = lint("docs")
    assert (run.code, run.out) == (0, "")
    assert only_line(run) == "docs: no Python files or notebooks in here"


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        pytest.param(bytes(range(256)) * 8, "NUL", id="binary"),
        pytest.param(b"\xff\xd8\xff\xe0" * 8 + b"\n", "utf-8", id="binary without NUL"),
        pytest.param(b"# coding: klingon\nimport torch\n", "klingon", id="unknown cookie"),
        pytest.param(b"# coding: ascii\nimport torch  # \xc3\xa9\n", "ascii", id="wrong cookie"),
        pytest.param(b"import torch\nx = '\x00'\n", "NUL", id="NUL byte"),
        pytest.param(b"import torch\n\ntorch.rand(2)\nx = )\n", "line 4", id="syntax error"),
        pytest.param(b"import torch\ntorch.rand(2)\nif x:\npass\n", "line 4", id="indentation"),
    ],
)
def test_a_file_that_is_no_python_gates(
    beside: Lint, tmp_path: Path, content: bytes, cause: str
) -> None:
    (tmp_path / "bad.py").write_bytes(content)
    run = beside("bad.py")
    assert run.code == 1
    assert only_line(run).startswith("bad.py: ")
    assert cause.lower() in only_line(run).lower()


@pytest.mark.parametrize("content", ["{", "[]", '{"cells": 3, "nbformat": 4}'])
def test_a_notebook_that_is_none_gates(beside: Lint, tmp_path: Path, content: str) -> None:
    (tmp_path / "bad.ipynb").write_text(content)
    run = beside("bad.ipynb")
    assert run.code == 1
    assert only_line(run).startswith("bad.ipynb: ")


def test_an_empty_file_is_fine(beside: Lint, tmp_path: Path) -> None:
    (tmp_path / "empty.py").touch()
    assert beside("empty.py").err == ""


HEAVY = {
    "one_line.py": "x = " + "[" * 40 + "1, " * 3_600 + "]" * 40,
    "literals.py": "x = [" + "{'a': [(1, 2), (3, 4)]}, " * 5_000 + "]",
    "deep.py": "x = " + "(" * 180 + "1" + ")" * 180,
    "sum.py": "x = " + "a + " * 200 + "1",
    "conditions.py": "x = " + "a and " * 200 + "1",
    "branches.py": "if a:\n    x = 1\n" + "elif a:\n    x = 2\n" * 150,
    "stairs.py": "".join(f"{' ' * n}if a:\n" for n in range(95)) + " " * 95 + "1",
}


@pytest.mark.parametrize("name", HEAVY)
def test_a_file_of_odd_shape_is_linted(beside: Lint, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(f"a = input()\n{HEAVY[name]}\n{UNSEEDED}")
    started = time.monotonic()
    run = beside(name)
    assert time.monotonic() - started < 10
    assert run.err == ""
    assert (name, "TRP201") in [(x["filename"], x["code"]) for x in json.loads(run.out)]


SKIPPED = {
    "five_megabytes.py": (
        "x = [1, 2, 3]\n" * 360_000,
        "5.0 million characters: too large, skipped",
    ),
    "minus.py": ("x = " + "-" * 100_000 + "1\n", "too deeply nested to read; skipped"),
    "sum.py": ("x = " + "a + " * 100_000 + "1\n", "too deeply nested to read; skipped"),
    "attributes.py": ("x = a" + ".b" * 100_000 + "\n", "too deeply nested to read; skipped"),
    "branches.py": ("if a: x\n" + "elif a: x\n" * 50_000, "too deeply nested to read; skipped"),
}


@pytest.mark.parametrize("name", SKIPPED)
def test_what_is_skipped_is_said_and_does_not_gate(lint: Lint, tmp_path: Path, name: str) -> None:
    content, cause = SKIPPED[name]
    (tmp_path / name).write_text(f"{content}{UNSEEDED}")
    run = lint(name)
    assert run.code == 0
    assert only_line(run) == f"{name}: {cause}"


def test_a_syntax_error_names_the_python_that_read_it(lint: Lint, tmp_path: Path) -> None:
    """What a newer Python could read is told from what none can."""
    (tmp_path / "bad.py").write_text(f"{UNSEEDED}\nx = )\n")
    version = ".".join(map(str, sys.version_info[:2]))
    line = UNSEEDED.count("\n") + 2
    assert only_line(lint("bad.py")) == (
        f"bad.py: syntax error on line {line} (read as Python {version})"
    )


def test_python_s_own_warnings_are_not_passed_on(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(UNSEEDED + "pattern = '\\d'\nif pattern is 'x':\n    pass\n")
    assert lint("train.py", env={"PYTHONWARNINGS": "error"}).err == ""


def test_a_broken_pyproject(beside: Lint, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.triptych-lint\nselect = 3\n")
    run = beside()
    assert run.code == 2
    assert only_line(run).startswith("pyproject.toml: is not valid TOML: ")


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (("--select", "TRP999"), '--select: no rule is called "TRP999"'),
        (("--ignore", "unseeded-rgn"), "did you mean unseeded-rng?"),
        (("--per-file-ignores", "a.py:X"), '--per-file-ignores: "a.py": no rule is called "X"'),
        (("--config", "gone.toml"), "gone.toml: cannot be read (no such file or folder)"),
    ],
)
def test_wrong_settings_stop_the_run(lint: Lint, args: tuple[str, ...], line: str) -> None:
    run = lint(*args)
    assert (run.code, run.out) == (2, "")
    assert line in only_line(run)


def test_an_unknown_rule_in_the_settings_file(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.triptych-lint]\nselect = ["TRP999"]\n')
    run = lint(".")
    assert run.code == 2
    assert only_line(run).startswith("pyproject.toml: tool.triptych-lint.select: no rule")


@pytest.mark.skipif(sys.platform == "win32", reason="locks work differently there")
def test_a_file_that_cannot_be_rewritten_loses_nothing(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(UNSEEDED)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "train.py").write_text(UNSEEDED)
    (tmp_path / "sub" / "train.py").chmod(0o444)
    run = lint("a.py", "sub", "--fix", "--unsafe-fixes")
    assert run.code == 2
    assert only_line(run).startswith("sub/train.py: cannot be rewritten (")
    assert "sub/train.py:10:13  TRP201" in run.out
    assert (tmp_path / "sub" / "train.py").read_text() == UNSEEDED
    assert os.listdir(tmp_path / "sub") == ["train.py"]
    assert (tmp_path / "a.py").read_text() != UNSEEDED


def test_links_that_lead_in_circles(beside: Lint, tmp_path: Path) -> None:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "pkg" / "loop.py").symlink_to("loop.py")
    run = beside("pkg")
    assert run.code == 1
    assert "pkg/loop.py: symbolic link that leads back to itself" in run.err
    assert "pkg/up: symbolic link to a folder that contains it: not followed" in run.err


def test_a_named_link_that_leads_to_itself(beside: Lint, tmp_path: Path) -> None:
    (tmp_path / "loop.py").symlink_to("loop.py")
    run = beside("loop.py")
    assert run.code == 2
    assert only_line(run) == "loop.py: symbolic link that leads back to itself"


@pytest.mark.skipif(sys.platform != "linux", reason="needs a pipe with a name, and /proc")
def test_a_file_that_vanishes_in_mid_run(tmp_path: Path) -> None:
    """The run waits at a named pipe; meanwhile the next file is taken away."""
    (tmp_path / "b_train.py").write_text(UNSEEDED)
    (tmp_path / "c_gone.py").write_text(UNSEEDED)
    os.mkfifo(tmp_path / "a_pipe.py")
    command = [sys.executable, "-m", "triptych_lint", "--output-format", "concise"]
    command += ["a_pipe.py", "c_gone.py", "b_train.py"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        with os.fdopen(opened_by_a_reader(tmp_path / "a_pipe.py", process), "w") as pipe:
            (tmp_path / "c_gone.py").unlink()
            pipe.write("import os\n")
        out, err = process.communicate(timeout=60)
    assert err == "c_gone.py: vanished before it could be read\n"
    assert out.startswith("b_train.py:10:13: TRP201")
    assert process.returncode == 1


def opened_by_a_reader(pipe: Path, process: subprocess.Popen[str]) -> int:
    """The writing end of ``pipe``, as soon as ``process`` has come to read it."""
    while process.poll() is None:
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # nobody reads yet
            time.sleep(0.01)
    pytest.fail("the run ended before it read the pipe")


@pytest.mark.skipif(sys.platform != "linux", reason="needs file names that are no UTF-8")
def test_a_file_name_that_is_no_utf8(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.py")).write_text(UNSEEDED)
    for output_format in ("full", "concise", "json"):
        run = lint("--output-format", output_format)
        assert run.code == 1
        assert run.err == ""
        name = "caf\\\\xe9.py" if output_format == "json" else "caf\\xe9.py"
        assert name in run.out


def test_a_terminal_that_knows_no_unicode(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(
        UNSEEDED.replace("measurements", "\N{MICRO SIGN}m \U0001f680")
    )
    run = lint("train.py", env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert run.code == 1
    assert run.out.isascii()
