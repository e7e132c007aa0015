"""Several variables of an experiment move between two versions of its config.

If the learning rate, the optimizer and the batch size change in one run, its result says nothing
about which of them mattered, nor whether two of them cancelled out. In the histories of 82 public
repositories one commit in eight that changed such a variable changed two independent ones.

    optimizer: sgd          optimizer: adam
    lr: 1e-3           ->   lr: 3e-4
    batch_size: 32          batch_size: 16

Asked by `triptych-lint diff` and the hook `triptych-config-diff`, never of Python code. Two of
learning rate, optimizer and batch size make a warning; another pair (weight decay, length,
schedule, clipping, regularisation, loss) makes a note; `--strict` counts model, data, precision
and seed as well.

What is compared is one run: a file, or a section of a file that holds several. Values count, not
their spelling, order or place. References are followed; what leads out of the file is listed and
not counted. Values that only move together are one variable: micro-batch times accumulation, a
learning rate scaled with the batch or its square root, a warmup that shrinks with the run, a
fixed budget of samples. A new optimizer brings its betas and its weight decay, but not its
learning rate. Where the model or the data set is swapped, it asks about the new baseline instead.
Search spaces are left alone, and of more than eight files at once it asks a single time.

Keys that it does not know are listed. Say what they are in the settings:

    [tool.triptych-lint.rules.TRP501]
    variables = {lr = ["eta_0"], temperature = ["sampling_temp"]}
    ignore = ["my_*_note"]

Ignore it where the joint change is the experiment, as with values found by a search or taken from
a paper: `# triptych-lint: ignore[TRP501] values from the sweep of May` anywhere in the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from triptych_lint.rule import Ask, Severity, rule

# Every run loads every rule; what compares configs is loaded where there are any.
if TYPE_CHECKING:
    from triptych_lint.configdiff.compare import Changeset, FileDiff, Run


@rule(
    "TRP501",
    "multi-variable-change",
    question={
        "": "{number} things move at once in {where}: {moves}."
        " If {metric} changes, which one did it?",
        "baseline": "{key} changes from {old} to {new} in {where}, and with it {moves}."
        " Is this a new baseline, to be compared only with the runs that follow?",
        "bulk": "{files} configs change at once, and in {asked} of them more than one variable"
        " moves. A refactoring, or experiments that we want to tell apart?",
    },
    statement={
        "": "{names} change together in {where}: {moves}.",
        "baseline": "{where} starts a new baseline ({key} {old} to {new}): {moves}.",
        "bulk": "{files} configs change at once; {asked} of them move more than one variable.",
    },
    subject="configdiff",
)
def multi_variable_change(changeset: Changeset) -> Iterator[Ask]:
    """Ask about each run in which more than one variable moved; alike runs are asked about once."""
    from triptych_lint.configdiff.compare import distinct
    from triptych_lint.configdiff.wording import top

    found = [(file, run) for file, run in changeset.runs() if _is_joint(run)]
    if changeset.is_bulk:
        if found:
            files = {id(file) for file, _ in found}
            counts = {"files": str(len(changeset.files)), "asked": str(len(files))}
            yield Ask(top(found[0][0]), counts, variant="bulk", severity=Severity.NOTE)
        return
    for alike in distinct(found):
        yield _ask(*alike[0], alike[1:])


def _is_joint(run: Run) -> bool:
    return len(run.variables) > (0 if run.baseline and not _counted(run) else 1)


def _counted(run: Run) -> bool:
    """Whether the change of the baseline is itself among the variables that count."""
    return any(run.baseline in variable.changes for variable in run.variables)


def _ask(file: FileDiff, run: Run, others: list[tuple[FileDiff, Run]]) -> Ask:
    from triptych_lint.configdiff.pairs import shown_path
    from triptych_lint.configdiff.wording import (
        evidence,
        first,
        moves,
        names,
        number_word,
        place,
        short,
        where,
    )

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
    if run.baseline:
        old, new = (short(reading.shown) for reading in run.baseline.values)
        fields |= {"key": shown_path(run.baseline.path), "old": old, "new": new}
        shown = ((place(file, run.baseline), "the new baseline"), *shown)
        return Ask(
            place(file, first(run)), fields, shown, variant="baseline", severity=Severity.NOTE
        )
    severity = Severity.WARNING if len(run.loud) > 1 else Severity.NOTE
    return Ask(place(file, first(run)), fields, shown, severity=severity)
