"""What was asked about the corpus, held against what people who read the code say.

Two tables of labels: ``labels/findings.tsv`` classifies questions that were asked (precision);
``labels/expected.tsv`` says of scripts read beforehand what should be asked (recall).
"""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

LABELS = Path(__file__).parent / "labels"
FINDING_COLUMNS = ("package", "path", "line", "code", "question", "verdict", "reason")


class Verdict(str, Enum):
    """What a reader says about a question that was asked."""

    TRUE = "true"
    FALSE = "false"
    ARGUABLE = "arguable"
    """Two experts would differ; counts neither way."""


class Expectation(str, Enum):
    """What a reader says about a script before any tool has seen it."""

    ASK = "ask"
    EITHER = "either"
    """Asking is as good as silence; counts neither way."""
    QUIET = "quiet"


class Script(NamedTuple):
    """A file of the corpus; ``path`` counts from the root of the artefact."""

    package: str
    path: str


class Spot(NamedTuple):
    """Where a question stands; ``line`` is a row, in a notebook ``cell:row``."""

    script: Script
    line: str
    code: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A question that was asked."""

    spot: Spot
    question: str


@dataclass(frozen=True, slots=True)
class Expected:
    """One row of the expectations: ``code`` at any of ``lines`` of ``script``.

    A row with the code ``*`` and no lines says that nothing else is to be asked.
    """

    script: Script
    lines: frozenset[str]
    code: str
    expectation: Expectation
    reason: str


@dataclass(slots=True)
class Recall:
    """How one rule did on the scripts that were read beforehand."""

    expected: int = 0
    found: int = 0
    elsewhere: list[Expected] = field(default_factory=list)
    """Found, but at a line that no label names."""
    missed: list[Expected] = field(default_factory=list)
    false_alarms: list[Finding] = field(default_factory=list)
    """Asked in scripts where the labels know of nothing to ask by this rule."""


def read_findings(report: Path, package: str) -> list[Finding]:
    """The questions of a JSON report that was made with the artefact's root as working folder."""
    return findings_of(json.loads(report.read_text("utf-8")), package)


def findings_of(records: Iterable[Any], package: str) -> list[Finding]:
    """The questions in the records of a JSON report."""
    findings = []
    for record in records:
        row, cell = record["location"]["row"], record["cell"]
        line = str(row) if cell is None else f"{cell}:{row}"
        script = Script(package, record["filename"].replace("\\", "/"))
        findings.append(Finding(Spot(script, line, record["code"]), record["question"]))
    return findings


def read_verdicts(table: Path = LABELS / "findings.tsv") -> dict[Spot, Verdict]:
    """The classified questions; empty where there is no such table yet. Raises ValueError."""
    if not table.exists():
        return {}
    return {
        Spot(Script(row["package"], row["path"]), row["line"], row["code"]): Verdict(row["verdict"])
        for row in _rows(table)
    }


def read_expected(table: Path = LABELS / "expected.tsv") -> list[Expected]:
    """The expectations, in the order of the table. Raises ValueError."""
    return [
        Expected(
            Script(row["package"], row["path"]),
            frozenset(row["line"].split("|")) - {""},
            row["code"],
            Expectation(row["expected"]),
            row["reason"],
        )
        for row in _rows(table)
    ]


def precision(
    findings: Iterable[Finding], verdicts: Mapping[Spot, Verdict]
) -> dict[str, Counter[Verdict | None]]:
    """Per rule, how many questions got which verdict; None counts those that got none yet."""
    counts: defaultdict[str, Counter[Verdict | None]] = defaultdict(Counter)
    for finding in findings:
        counts[finding.spot.code][verdicts.get(finding.spot)] += 1
    return dict(sorted(counts.items()))


def recall(findings: Iterable[Finding], expected: Collection[Expected]) -> dict[str, Recall]:
    """Per rule, what of the expectations was met; scripts without a label are left out."""
    labelled: defaultdict[tuple[Script, str], list[Expected]] = defaultdict(list)
    for row in expected:
        labelled[row.script, row.code].append(row)
    asked: defaultdict[tuple[Script, str], list[Finding]] = defaultdict(list)
    scripts = {row.script for row in expected}
    for finding in findings:
        if finding.spot.script in scripts:
            asked[finding.spot.script, finding.spot.code].append(finding)
    results: defaultdict[str, Recall] = defaultdict(Recall)
    for key in sorted(labelled.keys() | asked.keys()):
        if key[1] != "*":
            _match(labelled.get(key, []), asked.get(key, []), results[key[1]])
    return dict(sorted(results.items()))


def _match(rows: list[Expected], asked: list[Finding], result: Recall) -> None:
    """Hold the questions of one rule about one script against its labels."""
    if not rows:
        result.false_alarms += asked
        return
    named = frozenset[str]().union(*(row.lines for row in rows))
    at = {finding.spot.line for finding in asked}
    strays = len(at - named)
    for row in rows:
        if row.expectation is not Expectation.ASK:
            continue
        result.expected += 1
        if row.lines & at:
            result.found += 1
        elif strays:
            strays -= 1
            result.found += 1
            result.elsewhere.append(row)
        else:
            result.missed.append(row)


def _rows(table: Path) -> list[dict[str, str]]:
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
