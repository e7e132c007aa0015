"""The hooks, run by real pre-commit from a repository that holds this checkout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from support import SEEDED, UNSEEDED

from triptych_lint.rule import all_rules

pytestmark = pytest.mark.slow

CHECKOUT = Path(__file__).resolve().parents[1]
SHIPPED = ("triptych_lint", "rules", "pyproject.toml", "README.md", "LICENSE")
LISTING_HOOK = """
- id: list-rules
  name: list-rules
  entry: triptych-lint rule --all --output-format json
  language: python
  always_run: true
  pass_filenames: false
"""
IDENTITY = {
    "GIT_AUTHOR_NAME": "t",
    "GIT_AUTHOR_EMAIL": "t@example.org",
    "GIT_COMMITTER_NAME": "t",
    "GIT_COMMITTER_EMAIL": "t@example.org",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
}


def clean_environment() -> dict[str, str]:
    """Without the GIT_* variables of a commit that may be under way around these tests."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return {**kept, **IDENTITY, "NO_COLOR": "1"}


def git(folder: Path, *args: str) -> None:
    subprocess.run(
        ["git", *args], cwd=folder, check=True, capture_output=True, env=clean_environment()
    )


@pytest.fixture(scope="session")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with this checkout as it stands, committed."""
    repository = tmp_path_factory.mktemp("hooks")
    manifest = (CHECKOUT / ".pre-commit-hooks.yaml").read_text()
    (repository / ".pre-commit-hooks.yaml").write_text(manifest + LISTING_HOOK)
    for name in SHIPPED:
        if (CHECKOUT / name).is_dir():
            ignore = shutil.ignore_patterns("__pycache__")
            shutil.copytree(CHECKOUT / name, repository / name, ignore=ignore)
        else:
            shutil.copy(CHECKOUT / name, repository)
    git(repository, "init", "--quiet")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "-m", "hooks")
    return repository


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A repository of somebody who trains models; everything staged, something committed."""
    (tmp_path / "train.py").write_text(UNSEEDED)
    (tmp_path / "clean.py").write_text(SEEDED)
    (tmp_path / "vendored").mkdir()
    (tmp_path / "vendored" / "train.py").write_text(UNSEEDED)
    (tmp_path / "triptych.toml").write_text('extend-exclude = ["vendored"]\n')
    (tmp_path / "run.yaml").write_text("optimizer: sgd\nlr: 0.001\nbatch_size: 32\n")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "-m", "first")
    return tmp_path


def try_hook(hooks: Path, work: Path, hook: str, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["pre-commit", "try-repo", str(hooks), hook, "--verbose", *args],
        cwd=work,
        capture_output=True,
        text=True,
        env=clean_environment(),
    )


def test_the_rules_of_the_checkout_arrive(hooks: Path, work: Path) -> None:
    done = try_hook(hooks, work, "list-rules")
    start, end = done.stdout.index("\n[\n"), done.stdout.rindex("\n]\n")
    codes = [record["code"] for record in json.loads(done.stdout[start : end + 3])]
    assert codes == list(all_rules())


def test_the_hook_asks_about_scripts_and_respects_exclusion(hooks: Path, work: Path) -> None:
    done = try_hook(hooks, work, "triptych-lint", "--all-files")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "train.py:10:13  TRP201" in done.stdout
    assert "vendored" not in done.stdout
    assert "in 1 of 2 files" in done.stdout


def test_the_fixing_hook_leaves_what_is_unsafe(hooks: Path, work: Path) -> None:
    done = try_hook(hooks, work, "triptych-lint-fix", "--files", "train.py")
    assert done.returncode == 1, done.stdout + done.stderr
    assert (work / "train.py").read_text() == UNSEEDED


def test_the_config_hook_reads_scripts_and_new_files(hooks: Path, work: Path) -> None:
    (work / "second.yaml").write_text("optimizer: adam\nlr: 0.0003\nbatch_size: 32\n")
    script = UNSEEDED.replace("SGD(model.parameters(), lr=0.1)", "Adam(model.parameters(), lr=0.5)")
    (work / "train.py").write_text(script)
    git(work, "add", "--all")
    done = try_hook(hooks, work, "triptych-config-diff")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "second.yaml, compared with its nearest sibling run.yaml" in done.stdout
    assert "TRP502" in done.stdout


def test_the_config_hook_compares_the_commits_of_a_range(hooks: Path, work: Path) -> None:
    for text in ("optimizer: adam\nlr: 0.001\n", "optimizer: adam\nlr: 0.0003\n"):
        (work / "run.yaml").write_text(f"{text}batch_size: 32\n")
        git(work, "commit", "--all", "--quiet", "-m", "one")
    refs = ("--from-ref", "HEAD~2", "--to-ref", "HEAD")
    done = try_hook(hooks, work, "triptych-config-diff", *refs)
    assert done.returncode == 0, done.stdout + done.stderr
    (work / "run.yaml").write_text("optimizer: sgd\nlr: 0.1\nbatch_size: 32\n")
    git(work, "commit", "--all", "--quiet", "-m", "two")
    done = try_hook(hooks, work, "triptych-config-diff", "--from-ref", "HEAD~1", "--to-ref", "HEAD")
    assert done.returncode == 1, done.stdout + done.stderr
    assert " two" in done.stdout


def test_the_config_hook_asks_about_what_is_staged(hooks: Path, work: Path) -> None:
    quiet = try_hook(hooks, work, "triptych-config-diff", "--files", "run.yaml")
    assert quiet.returncode == 0, quiet.stdout + quiet.stderr
    (work / "run.yaml").write_text("optimizer: adam\nlr: 0.0003\nbatch_size: 16\n")
    git(work, "add", "run.yaml")
    done = try_hook(hooks, work, "triptych-config-diff")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "run.yaml" in done.stdout
    assert "TRP501" in done.stdout
