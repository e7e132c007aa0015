"""Runs in which more than one variable moved: which they are, and how each is asked about."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from triptych_lint.configdiff.compare import Changeset, Declared, FileDiff, Run, distinct
from triptych_lint.configdiff.formats.pyrecord import CALL
from triptych_lint.configdiff.pairs import shown_path
from triptych_lint.configdiff.wording import (
    evidence,
    first,
    moves,
    names,
    number_word,
    place,
    short,
    spoken,
    top,
    where,
)
from triptych_lint.model import Severity
from triptych_lint.rule import Ask


def joint_changes(changeset: Changeset, *, literals: bool) -> Iterator[Ask]:
    """Ask about each run in which several variables moved; alike runs are asked about once.

    ``literals``: about runs whose variables stand in the calls of a script, or about the others.
    """
    declared = changeset.declared
    if declared.joint:
        return
    found = [
        (file, run)
        for file, run in changeset.runs()
        if is_joint(run) and in_calls(file, run) is literals and undeclared(run, declared)
    ]
    if changeset.is_bulk:
        if found:
            files = {id(file) for file, _ in found}
            counts = {"files": str(changeset.changed), "asked": str(len(files))}
            yield Ask(top(found[0][0]), counts, variant="bulk", severity=Severity.NOTE)
        return
    for alike in distinct(found):
        yield _ask(*alike[0], alike[1:], declared)


def is_joint(run: Run) -> bool:
    """Whether more moved than one variable, or one besides a new baseline."""
    return len(run.variables) > (0 if run.baseline and not _counted(run) else 1)


def undeclared(run: Run, declared: Declared) -> list[str]:
    """The variables of a run that nobody announced."""
    announced = declared.announces(run)
    return [v.axis.name for v in run.variables if v.axis.name not in announced]


def in_calls(file: FileDiff, run: Run) -> bool:
    """Whether one of the variables is a literal in a call, such as the making of an optimizer."""
    return file.config.is_code and any(
        change.path[0].endswith(CALL) for variable in run.variables for change in variable.changes
    )


def _counted(run: Run) -> bool:
    """Whether the change of the baseline is itself among the variables that count."""
    return any(run.baseline in variable.changes for variable in run.variables)


def _ask(file: FileDiff, run: Run, others: list[tuple[FileDiff, Run]], declared: Declared) -> Ask:
    fields = {
        "where": where(file, run),
        "moves": moves(run),
        "names": names(run).capitalize(),
        "number": number_word(len(run.variables)),
        "metric": run.metric,
    }
    shown = tuple(evidence(file, run))
    shown += tuple(
        (place(other, first(same)), f"the same change in {where(other, same)}")
        for other, same in others
    )
    asked = partial(Ask, place(file, first(run)))
    if run.baseline:
        old, new = (short(reading.shown) for reading in run.baseline.values)
        fields |= {"key": shown_path(run.baseline.path), "old": old, "new": new}
        shown = ((place(file, run.baseline), "the new baseline"), *shown)
        return asked(fields, shown, variant="baseline", severity=Severity.NOTE)
    loud = len(run.loud) > 1 or declared.formal
    severity = Severity.WARNING if loud else Severity.NOTE
    rest = undeclared(run, declared)
    if len(rest) < len(run.variables):
        said = [v.axis.name for v in run.variables if v.axis.name not in rest]
        fields |= {"notes": declared.notes, "said": spoken(said), "rest": spoken(rest)}
        return asked(fields, shown, variant="partly", severity=severity)
    return asked(fields, shown, severity=severity)
