"""One variable moved, and the notes of the experiment say nothing about it.

A change that is written down before the run has a question ("does a smaller step size help?"); one
that is not is remembered by its result, if at all. Where `state.md` is kept, the change belongs
under "Tests" before pressing run:

    ## Tests

    - learning rate 1e-3 -> 3e-4 (configs/run.yaml)

`triptych-lint diff --record` writes that bullet. Asked only where there is a `state.md` (at the
top of the repository, in `research/` or in `workspace/research/`), about what is not committed
yet, and once for all files. A bullet under "Tests" or "Attempts", or a line of `attempts.jsonl`,
that is newer than the last commit and names the variable settles it. Several variables at once
are the matter of TRP501.

Ignore it where notes are kept elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from triptych_lint.model import Severity
from triptych_lint.rule import Ask, rule

if TYPE_CHECKING:
    from triptych_lint.configdiff.compare import Changeset


@rule(
    "TRP503",
    "undeclared-change",
    question="One thing moves in {where}: {moves}. Shall {notes} say what this run tests, before it"
    " starts?",
    statement="One variable moves in {where}, and {notes} does not say so: {moves}.",
    severity=Severity.NOTE,
    subject="configdiff",
)
def undeclared_change(changeset: Changeset) -> Iterator[Ask]:
    """Ask about the first run in which a single variable moved that the notes do not name."""
    from triptych_lint.configdiff.joint import undeclared
    from triptych_lint.configdiff.wording import evidence, first, moves, place, where

    declared = changeset.declared
    if not (declared.notes and declared.pending) or changeset.is_bulk:
        return
    for file, run in changeset.runs():
        if len(run.variables) == 1 and not run.baseline and undeclared(run, declared):
            fields = {"moves": moves(run), "where": where(file, run), "notes": declared.notes}
            yield Ask(place(file, first(run)), fields, tuple(evidence(file, run)))
            return
