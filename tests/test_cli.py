"""The command line from outside: what it prints where, and the code that it ends with."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support import SEEDED, UNSEEDED, Run

from triptych_lint import __version__

Lint = Callable[..., Run]


@pytest.fixture
def train(tmp_path: Path) -> Path:
    """A script about which one question is asked."""
    path = tmp_path / "train.py"
    path.write_text(UNSEEDED)
    return path


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    """A script about which nothing is asked."""
    path = tmp_path / "clean.py"
    path.write_text(SEEDED)
    return path


def codes(run: Run) -> list[str]:
    return [record["code"] for record in json.loads(run.out)]


def as_json(lint: Lint, *args: str, **options: object) -> list[str]:
    return codes(lint(*args, "--output-format", "json", **options))


@pytest.mark.parametrize("command", [(), ("check",)])
def test_a_question_is_asked_and_gates(lint: Lint, train: Path, command: tuple[str, ...]) -> None:
    run = lint(*command, "train.py")
    assert run.code == 1
    assert run.out.startswith("train.py:10:13  TRP201 unseeded-rng [*]\n")
    assert "np.random.permutation" in run.out
    assert "Found 1 question in 1 file.\n" in run.out
    assert run.err == ""


def test_without_paths_the_current_folder_is_read(lint: Lint, train: Path, clean: Path) -> None:
    run = lint("--output-format", "concise")
    assert run.code == 1
    first, *_ = run.out.splitlines()
    assert first.startswith("train.py:10:13: TRP201 ")
    assert "in 1 of 2 files" in run.out


def test_nothing_to_ask_ends_with_zero(lint: Lint, clean: Path) -> None:
    run = lint("clean.py")
    assert (run.code, run.out, run.err) == (0, "Read 1 file: nothing to ask.\n", "")


def test_json_without_findings_is_an_empty_array(lint: Lint, clean: Path) -> None:
    run = lint("clean.py", "--output-format", "json")
    assert (run.code, run.out, run.err) == (0, "[]\n", "")


def test_problems_never_mix_with_json(lint: Lint, train: Path) -> None:
    run = lint("gone.py", "train.py", "--output-format", "json")
    assert codes(run) == ["TRP201"]
    assert run.err == "gone.py: no such file or folder\n"
    assert run.code == 2


def test_exit_zero_asks_without_gating(lint: Lint, train: Path) -> None:
    run = lint("train.py", "--exit-zero")
    assert run.code == 0
    assert "TRP201" in run.out
    assert lint("gone.py", "--exit-zero").code == 2


def test_rules_are_chosen_on_the_command_line(lint: Lint, train: Path) -> None:
    assert as_json(lint, "train.py", "--select", "TRP3,order") == []
    assert as_json(lint, "train.py", "--ignore", "unseeded-rng") == []
    assert as_json(lint, "train.py", "--select", "TRP6", "--extend-select", "TRP201") == ["TRP201"]
    assert as_json(lint, "train.py", "--per-file-ignores", "tr*.py:seeds") == []


def test_settings_come_from_the_project_and_can_be_replaced(
    lint: Lint, train: Path, tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.triptych-lint]\nignore = ["TRP201"]\n')
    (tmp_path / "other.toml").write_text("strict = true\n")
    assert as_json(lint, "train.py") == []
    assert as_json(lint, "train.py", "--isolated") == ["TRP201"]
    assert as_json(lint, "train.py", "--config", "other.toml") == ["TRP201"]


def test_the_output_format_can_come_from_the_environment(lint: Lint, train: Path) -> None:
    assert codes(lint("train.py", env={"TRIPTYCH_LINT_OUTPUT_FORMAT": "json"})) == ["TRP201"]


def test_the_report_can_go_to_a_file(lint: Lint, train: Path, tmp_path: Path) -> None:
    run = lint("train.py", "-o", "report.txt", "--color")
    assert (run.code, run.out) == (1, "")
    report = (tmp_path / "report.txt").read_text("utf-8")
    assert report.startswith("train.py:10:13  TRP201")
    assert "\x1b" not in report
    broken = lint("train.py", "-o", "missing/report.txt")
    assert broken.code == 2
    assert broken.err.startswith("--output-file: missing/report.txt: cannot be written")


def test_colours_are_used_when_asked_for(lint: Lint, train: Path) -> None:
    assert "\x1b[" not in lint("train.py", env={"NO_COLOR": ""}).out
    assert "\x1b[" in lint("train.py", "--color").out
    assert "\x1b[" in lint("train.py", env={"NO_COLOR": "", "FORCE_COLOR": "1"}).out


def test_statistics_count_per_rule(lint: Lint, train: Path) -> None:
    run = lint("train.py", "--statistics")
    assert run.code == 1
    assert run.out.startswith("1  TRP201 [*] unseeded-rng\n")
    counted = json.loads(lint("train.py", "--statistics", "--output-format", "json").out)
    assert counted == [{"code": "TRP201", "name": "unseeded-rng", "count": 1, "fixable": 1}]


def test_show_files_lists_and_stops(lint: Lint, train: Path, clean: Path) -> None:
    run = lint("--show-files")
    assert (run.code, run.out, run.err) == (0, "clean.py\ntrain.py\n", "")


def test_a_safe_run_leaves_an_unsafe_fix_alone(lint: Lint, train: Path) -> None:
    run = lint("train.py", "--fix")
    assert run.code == 1
    assert train.read_text() == UNSEEDED
    assert "1 fixable with --fix --unsafe-fixes" in run.out


def test_fixing_answers_the_question_and_keeps_the_mode(lint: Lint, train: Path) -> None:
    train.chmod(0o750)
    run = lint("train.py", "--fix", "--unsafe-fixes")
    assert run.code == 0
    assert run.out == "Fixed 1 finding.\nRead 1 file: nothing to ask.\n"
    assert stat.S_IMODE(train.stat().st_mode) == 0o750
    fixed = train.read_text()
    assert "np.random.seed(" in fixed
    again = lint("train.py", "--fix", "--unsafe-fixes", "--exit-non-zero-on-fix")
    assert again.code == 0
    assert train.read_text() == fixed


def test_a_fix_can_gate(lint: Lint, train: Path) -> None:
    assert lint("train.py", "--fix", "--unsafe-fixes", "--exit-non-zero-on-fix").code == 1


def test_diff_shows_the_fix_and_changes_nothing(lint: Lint, train: Path, clean: Path) -> None:
    run = lint("--diff", "--unsafe-fixes")
    assert run.code == 1
    assert "+    np.random.seed(" in run.out
    assert "train.py" in run.out
    assert run.err == "Would fix 1 finding in 1 file.\n"
    assert train.read_text() == UNSEEDED
    assert lint("--diff").code == 0


def test_a_diff_applies_with_patch(lint: Lint, train: Path, tmp_path: Path) -> None:
    diff = lint("train.py", "--diff", "--unsafe-fixes").out
    subprocess.run(["git", "apply", "-"], input=diff.encode(), cwd=tmp_path, check=True)
    assert lint("train.py").code == 0


def test_standard_input_is_read_under_a_given_name(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "triptych.toml").write_text('[per-file-ignores]\n"old.py" = ["ALL"]\n')
    run = lint("-", "--stdin-filename", "new.py", "--output-format", "concise", stdin=UNSEEDED)
    assert run.code == 1
    assert run.out.startswith("new.py:10:13: TRP201 ")
    assert lint("-", "--stdin-filename", "old.py", stdin=UNSEEDED).code == 0
    assert not (tmp_path / "new.py").exists()


def test_fixing_standard_input_prints_the_fixed_text_alone(lint: Lint) -> None:
    fix = ("-", "--stdin-filename", "train.py", "--fix", "--unsafe-fixes")
    run = lint(*fix, stdin=UNSEEDED)
    assert run.code == 0
    assert "np.random.seed(" in run.out
    assert run.err == "Fixed 1 finding.\nRead 1 file: nothing to ask.\n"
    compile(run.out, "train.py", "exec")
    crlf = SEEDED.replace("\n", "\r\n").encode()
    untouched = lint(*fix, stdin=crlf)
    assert untouched.out.encode() == crlf


def test_standard_input_goes_with_no_other_path(lint: Lint, train: Path) -> None:
    run = lint("-", "train.py", stdin=UNSEEDED)
    assert run.code == 2
    assert "standard input" in run.err


def test_many_files_are_linted_in_order_by_several_processes(lint: Lint, tmp_path: Path) -> None:
    for number in range(60):
        (tmp_path / f"train_{number:02}.py").write_text(UNSEEDED)
    parallel = lint("--output-format", "json", "--jobs", "2")
    alone = lint("--output-format", "json", "--jobs", "1")
    assert len(json.loads(alone.out)) == 60
    assert parallel.out == alone.out
    fixed = lint("--fix", "--unsafe-fixes", "--jobs", "2")
    assert fixed.out.startswith("Fixed 60 findings.\n")


def test_a_path_called_like_a_command_is_linted_by_check(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "rule").write_text(UNSEEDED)
    assert as_json(lint, "check", "rule") == ["TRP201"]


def test_version_and_help(lint: Lint) -> None:
    assert lint("--version").out == f"triptych-lint {__version__}\n"
    assert "check" in lint("-h").out
    assert "--unsafe-fixes" in lint("check", "-h").out
    assert "--unsafe-fixes" in lint("--fix", "-h").out


def test_what_is_not_needed_is_not_imported(tmp_path: Path) -> None:
    """A version, and a file that trains nothing, must not wait for the parsers."""
    (tmp_path / "site.py").write_text("import flask\n")
    (tmp_path / "train.py").write_text(UNSEEDED)
    program = (
        "import atexit, sys\n"
        "heavy = {'triptych_lint.' + name for name in ('lowering', 'configdiff.compare')}\n"
        "heavy |= {'yaml', 'rich', 'pathspec'}\n"
        "atexit.register(lambda: print(sorted(heavy & set(sys.modules))))\n"
        "from triptych_lint.cli import main\n"
        "main()\n"
    )

    def loaded(*args: str) -> str:
        command = [sys.executable, "-c", program, *args]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True).stdout

    assert loaded("--version").endswith("\n[]\n")
    assert "lowering" not in loaded("site.py", "--output-format", "concise")
    assert "configdiff" not in loaded("train.py", "--output-format", "concise")


@pytest.mark.parametrize("name", ["TRP201", "trp201", "unseeded-rng"])
def test_a_rule_is_explained_by_code_or_name(lint: Lint, name: str) -> None:
    run = lint("rule", name)
    assert run.code == 0
    assert run.out.startswith("TRP201 unseeded-rng\n")
    assert "unsafe fix" in run.out


def test_rules_are_listed_and_told_as_json(lint: Lint) -> None:
    listed = lint("rule", "--all")
    records = json.loads(lint("rule", "--all", "--output-format", "json").out)
    assert [record["code"] for record in records] == sorted(record["code"] for record in records)
    for record in records:
        assert record["code"] in listed.out
        assert record["documentation"].startswith(record["summary"])
    assert json.loads(lint("rule", "TRP201", "--output-format", "json").out) in records


def test_an_unknown_rule_is_told_with_the_closest_name(lint: Lint) -> None:
    run = lint("rule", "unseeded-rgn")
    assert run.code == 2
    assert "did you mean unseeded-rng?" in run.err


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end differently there")
def test_a_reader_that_leaves_early_is_no_error(train: Path, tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "triptych_lint", "train.py"]
    done = subprocess.run(command, cwd=tmp_path, stdout=write, stderr=subprocess.PIPE, text=True)
    os.close(write)
    assert done.stderr == ""
