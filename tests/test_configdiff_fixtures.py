"""Each fixture of the rules about configs is asked about as loudly as it announces."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from configdiff_support import compare

CODES = [f"TRP50{number}" for number in range(1, 7)]
ROOT = Path(__file__).resolve().parents[1] / "fixtures"
CASES = sorted(path for code in CODES for path in (ROOT / code).iterdir() if path.is_dir())


def versions(case: Path) -> tuple[Path, Path]:
    (old,), (new,) = case.glob("old.*"), case.glob("new.*")
    return old, new


def announced(case: Path) -> str:
    expectation = case / "expect.txt"
    path = expectation if expectation.exists() else versions(case)[1]
    found = re.match(r"(?:#~ )?TRP50[1-6] (warning|note|quiet)\n", path.read_text(encoding="utf-8"))
    assert found, f"{path} announces nothing"
    return found[1]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fixture_is_asked_about_as_it_announces(case: Path) -> None:
    old, new = (path.read_text(encoding="utf-8") for path in versions(case))
    name = versions(case)[1].name
    found = compare(old, new, name, folder=case, select=(case.parent.name,))
    assert found.word == announced(case)
    assert {asked.code for asked in found.asked} <= {case.parent.name}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_name_of_a_fixture_says_whether_it_is_asked_about(case: Path) -> None:
    assert case.name.startswith("quiet_") == (announced(case) == "quiet")


def test_there_are_at_least_as_many_to_leave_alone_as_to_ask_about() -> None:
    for code in CODES:
        own = [case for case in CASES if case.parent.name == code]
        quiet = [case for case in own if case.name.startswith("quiet_")]
        assert 0 < len(own) - len(quiet) <= len(quiet)
