"""Each fixture of TRP501 is asked about as loudly as it announces."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from configdiff_support import compare

ROOT = Path(__file__).resolve().parents[1] / "fixtures" / "TRP501"
CASES = sorted(path for path in ROOT.iterdir() if path.is_dir())


def versions(case: Path) -> tuple[Path, Path]:
    (old,), (new,) = case.glob("old.*"), case.glob("new.*")
    return old, new


def announced(case: Path) -> str:
    expectation = case / "expect.txt"
    path = expectation if expectation.exists() else versions(case)[1]
    found = re.match(r"(?:#~ )?TRP501 (warning|note|quiet)\n", path.read_text(encoding="utf-8"))
    assert found, f"{path} announces nothing"
    return found[1]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fixture_is_asked_about_as_it_announces(case: Path) -> None:
    old, new = (path.read_text(encoding="utf-8") for path in versions(case))
    found = compare(old, new, versions(case)[1].name)
    assert found.word == announced(case)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_name_of_a_fixture_says_whether_it_is_asked_about(case: Path) -> None:
    assert case.name.startswith("quiet_") == (announced(case) == "quiet")


def test_there_are_at_least_as_many_to_leave_alone_as_to_ask_about() -> None:
    quiet = [case for case in CASES if case.name.startswith("quiet_")]
    assert 0 < len(CASES) - len(quiet) <= len(quiet)
