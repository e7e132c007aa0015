"""The last lines: how much is asked, and what ``--fix`` could do about it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from triptych_lint.model import Diagnostic, Safety, Severity
from triptych_lint.report.look import Look

if TYPE_CHECKING:
    from triptych_lint.session import Tally


def summary(tally: Tally, look: Look, *, unsafe: bool = False) -> Iterator[str]:
    """``Found 3 questions and 1 note in 2 of 9 files.`` and the fixes on offer.

    ``unsafe`` says that unsafe fixes are allowed already.
    """
    asked, fixed = tally.asked, len(tally.fixed)
    files = counted(tally.files, "file")
    if fixed:
        yield look.paint(f"Fixed {counted(fixed, 'finding')}.", "green", bold=True) + "\n"
    if asked:
        touched = len({diagnostic.region.filename for diagnostic in asked})
        place = f"in {files}" if touched == tally.files else f"in {touched} of {files}"
        yield look.paint(f"Found {_numbers(asked)} {place}.", bold=True) + "\n"
        offer = _offer(asked, unsafe)
        if offer:
            yield f"{look.paint('[*]', 'green')} {offer}\n"
    elif not any(problem.gates or problem.fatal for problem in tally.problems):
        yield look.paint(f"Read {files}: nothing to ask.", "green") + "\n"


def _numbers(asked: Sequence[Diagnostic]) -> str:
    notes = sum(diagnostic.severity is Severity.NOTE for diagnostic in asked)
    kinds = ((len(asked) - notes, "question"), (notes, "note"))
    return " and ".join(counted(number, noun) for number, noun in kinds if number)


def statistics(asked: Iterable[Diagnostic], look: Look) -> Iterator[str]:
    """One line per rule, most frequent first: how often it asked, and whether fixes exist."""
    rows = _per_rule(asked)
    width = max((len(str(row["count"])) for row in rows), default=0)
    for row in rows:
        mark = look.paint("[*]", "green") if row["fixable"] else "   "
        code = look.paint(row["code"], bold=True)
        yield f"{row['count']:>{width}}  {code} {mark} {row['name']}\n"


def statistics_json(asked: Iterable[Diagnostic], look: Look) -> Iterator[str]:
    """The same as a JSON array; ``fixable`` counts the findings with a fix that can be applied."""
    yield json.dumps(_per_rule(asked), indent=2) + "\n"


def _per_rule(asked: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    asked = list(asked)
    counts = Counter((diagnostic.code, diagnostic.name) for diagnostic in asked)
    fixable = Counter(diagnostic.code for diagnostic in asked if _applicable(diagnostic))
    return [
        {"code": code, "name": name, "count": count, "fixable": fixable[code]}
        for (code, name), count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def _applicable(diagnostic: Diagnostic) -> bool:
    return diagnostic.fix is not None and diagnostic.fix.safety is not Safety.DISPLAY


def _offer(asked: Iterable[Diagnostic], unsafe: bool) -> str:
    offered = Counter(diagnostic.fix.safety for diagnostic in asked if diagnostic.fix)
    safe, risky = offered[Safety.SAFE], offered[Safety.UNSAFE]
    if unsafe:
        return f"{safe + risky} fixable with --fix." if safe + risky else ""
    if safe and risky:
        return f"{safe} fixable with --fix, {risky} more with --fix --unsafe-fixes."
    if safe:
        return f"{safe} fixable with --fix."
    return f"{risky} fixable with --fix --unsafe-fixes." if risky else ""
