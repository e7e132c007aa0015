"""A git repository of its own, for tests of ``triptych-lint diff``."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from configdiff_support import write
from support import Run

IDENTITY = {
    "GIT_AUTHOR_NAME": "t",
    "GIT_AUTHOR_EMAIL": "t@example.org",
    "GIT_COMMITTER_NAME": "t",
    "GIT_COMMITTER_EMAIL": "t@example.org",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
}


class Repo:
    """A repository in a folder of its own."""

    def __init__(self, folder: Path, lint: Callable[..., Run]) -> None:
        self.folder = folder
        self._lint = lint
        self._env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")} | IDENTITY
        self.git("init", "--quiet")

    def git(self, *args: str, check: bool = True) -> str:
        done = subprocess.run(
            ["git", *args], cwd=self.folder, env=self._env, capture_output=True, text=True
        )
        assert done.returncode == 0 or not check, done.stderr
        return done.stdout

    def commit(self, files: dict[str, str]) -> None:
        self.stage(files)
        self.git("commit", "--quiet", "-m", "state")

    def stage(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            write(self.folder / name, text)
            self.git("add", "--", name)

    def diff(self, *args: str, cwd: str = ".") -> Run:
        return self._lint("diff", *args, cwd=self.folder / cwd)

    def found(self, *args: str, cwd: str = ".") -> tuple[int, list[dict[str, Any]]]:
        """The exit code and the diagnostics."""
        done = self.diff(*args, "--output-format", "json", cwd=cwd)
        return done.code, json.loads(done.out)["diagnostics"]
