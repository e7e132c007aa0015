"""The plugin inside real flake8."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support import SEEDED, UNSEEDED

pytestmark = pytest.mark.slow


def flake8(folder: Path, *args: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flake8", "--isolated", "--select", "TRP,E9", *args]
    done = subprocess.run(command, cwd=folder, input=stdin, capture_output=True, text=True)
    assert "Traceback" not in done.stderr, done.stderr
    return done


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("train.py", "pkg/train.py", "pkg/deep/train.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(UNSEEDED)
    (tmp_path / "clean.py").write_text(SEEDED)
    return tmp_path


def test_the_plugin_is_installed() -> None:
    version = subprocess.run(
        [sys.executable, "-m", "flake8", "--version"], capture_output=True, text=True
    )
    assert "triptych-lint" in version.stdout


def test_several_processes_ask_about_each_script(project: Path) -> None:
    done = flake8(project, "-j2", ".")
    asked = sorted(line.split(": ")[:2] for line in done.stdout.splitlines())
    assert [place for place, _ in asked] == [
        "./pkg/deep/train.py:10:13",
        "./pkg/train.py:10:13",
        "./train.py:10:13",
    ]
    assert {text.split()[0] for _, text in asked} == {"TRP201"}
    assert done.returncode == 1


def test_files_that_do_not_parse_are_left_to_flake8(project: Path) -> None:
    (project / "broken.py").write_text("import torch\ndef f(:\n")
    (project / "latin.py").write_bytes(b"# coding: latin-1\nimport torch  # \xe9\n")
    (project / "bom.py").write_bytes(b"\xef\xbb\xbf" + UNSEEDED.encode())
    done = flake8(project, "-j2", "broken.py", "latin.py", "bom.py")
    found = sorted(line.split(" ")[:2] for line in done.stdout.splitlines())
    assert [(place.split(":")[0], code) for place, code in found] == [
        ("bom.py", "TRP201"),
        ("broken.py", "E999"),
    ]


def test_comments_of_both_tools_silence_a_question(project: Path) -> None:
    draw = "np.random.permutation(800)"
    for name, comment in (("a.py", "noqa: TRP201"), ("b.py", "triptych-lint: ignore[TRP201] why")):
        (project / name).write_text(UNSEEDED.replace(draw, f"{draw}  # {comment}"))
    assert flake8(project, "a.py", "b.py").stdout == ""


def test_our_own_settings_hold_by_folder(project: Path) -> None:
    (project / "pkg" / "triptych.toml").write_text('ignore = ["unseeded-rng"]\n')
    (project / "pkg" / "deep" / "triptych.toml").write_text('[per-file-ignores]\n"t*.py" = ["ALL"]')
    places = [line.split(":")[0] for line in flake8(project, "-j2", ".").stdout.splitlines()]
    assert places == ["./train.py"]
    (project / "triptych.toml").write_text('extend-exclude = ["train.py"]\n')
    assert flake8(project, "train.py").stdout == ""


def test_wrong_settings_are_told_in_one_line(project: Path) -> None:
    (project / "pkg" / "triptych.toml").write_text('select = ["TRP999"]\n')
    done = flake8(project, "-j2", "pkg/train.py")
    (line,) = done.stdout.splitlines()
    assert line.startswith("pkg/train.py:1:1: TRP000 pkg/triptych.toml: select: no rule is called")
    (project / "triptych.toml").write_text("strict = 1\n")
    done = flake8(project, "train.py")
    assert done.returncode == 1
    assert "triptych.toml: strict: expected true or false" in done.stderr + done.stdout


def test_standard_input_is_linted(project: Path) -> None:
    done = flake8(project, "--stdin-display-name", "pkg/new.py", "-", stdin=UNSEEDED)
    assert done.stdout.startswith("pkg/new.py:10:13: TRP201 ")
