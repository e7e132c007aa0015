"""Each fixture is asked exactly what its comments announce."""

from __future__ import annotations

import pytest

from fixtures import ROOT, Fixture, all_fixtures
from triptych_lint.model import Severity
from triptych_lint.rule import all_rules

FIXTURES = all_fixtures()


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda f: f.name)
def test_a_fixture_is_asked_what_it_announces_and_nothing_else(fixture: Fixture) -> None:
    assert fixture.found() == fixture.expected()


@pytest.mark.parametrize("code", sorted(all_rules()))
def test_each_rule_has_scripts_to_ask_and_at_least_as_many_to_leave_alone(code: str) -> None:
    if all_rules()[code].subject != "timeline":
        assert (ROOT / code).is_dir()
        return
    own = [f for f in FIXTURES if f.path.parent.name == code]
    asked = [f for f in own if any(line[3] == code for line in f.expected())]
    quiet = [f for f in own if not f.expected()]
    assert asked
    assert len(quiet) >= len(asked)


@pytest.mark.parametrize(
    "fixture",
    [f for f in FIXTURES if f.path.name.startswith("quiet_")],
    ids=lambda f: f.name,
)
def test_a_quiet_fixture_says_which_trap_it_is(fixture: Fixture) -> None:
    assert any("quiet:" in file.read_text(encoding="utf-8") for file in fixture.files)


@pytest.mark.parametrize(
    "fixture", [f for f in FIXTURES if f.path.parent.name == "TRP402"], ids=lambda f: f.name
)
def test_a_fit_that_sees_labels_is_a_warning_and_any_other_a_note(fixture: Fixture) -> None:
    found = [d for r in fixture.reports() for d in r.diagnostics if d.code == "TRP402"]
    labels = any(name in fixture.name for name in ("gene_selection", "target_encoding", "lda"))
    assert {d.severity for d in found} <= {Severity.WARNING if labels else Severity.NOTE}
