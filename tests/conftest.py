"""Runs the real command line, in the test's own folder."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from configdiff_repository import Repo
from support import Run


@pytest.fixture
def lint(tmp_path: Path) -> Callable[..., Run]:
    """Calls ``triptych-lint`` in ``tmp_path``; no setting leaks in from the outside."""

    def run(
        *args: str, cwd: Path = tmp_path, stdin: str | bytes = b"", env: Mapping[str, str] = {}
    ) -> Run:
        clean = {k: v for k, v in os.environ.items() if not k.startswith("TRIPTYCH_LINT")}
        clean |= {"PYTHONUTF8": "1", "NO_COLOR": "1", **env}
        done = subprocess.run(
            [sys.executable, "-m", "triptych_lint", *args],
            cwd=cwd,
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            env=clean,
        )
        out, err = (s.decode("utf-8", "replace") for s in (done.stdout, done.stderr))
        assert "Traceback" not in err, err
        return Run(done.returncode, out, err)

    return run


@pytest.fixture
def repo(tmp_path: Path, lint: Callable[..., Run]) -> Repo:
    return Repo(tmp_path, lint)
