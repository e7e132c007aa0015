"""Several variables of an experiment move between two versions of its config.

If the learning rate, the optimizer and the batch size change in one run, its result says nothing
about which of them mattered, nor whether two of them cancelled out. In the histories of 82 public
repositories one commit in eight that changed such a variable changed two independent ones.

    optimizer: sgd          optimizer: adam
    lr: 1e-3           ->   lr: 3e-4
    batch_size: 32          batch_size: 16

Asked by `triptych-lint diff` and the hook `triptych-config-diff`: of YAML, JSON and TOML, of the
commands of shell scripts, and of constants, dataclasses, command-line options and config objects
in Python and notebooks, which are read and never run. Two of learning rate, optimizer and batch
size make a warning; another pair (weight decay, length, schedule, clipping, regularisation, loss)
makes a note; `--strict` counts model, data, precision and seed as well.

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

from triptych_lint.rule import Ask, rule

# Every run loads every rule; what compares configs is loaded where there are any.
if TYPE_CHECKING:
    from triptych_lint.configdiff.compare import Changeset


@rule(
    "TRP501",
    "multi-variable-change",
    question={
        "": "{number} things move at once in {where}: {moves}."
        " If {metric} changes, which one did it?",
        "partly": "{number} things move at once in {where}: {moves}. {notes} names {said}; is the"
        " rest ({rest}) meant to move as well?",
        "baseline": "{key} changes from {old} to {new} in {where}, and with it {moves}."
        " Is this a new baseline, to be compared only with the runs that follow?",
        "bulk": "{files} configs change at once, and in {asked} of them more than one variable"
        " moves. A refactoring, or experiments that we want to tell apart?",
    },
    statement={
        "": "{names} change together in {where}: {moves}.",
        "partly": "{names} change together in {where}; {notes} names only {said}: {moves}.",
        "baseline": "{where} starts a new baseline ({key} {old} to {new}): {moves}.",
        "bulk": "{files} configs change at once; {asked} of them move more than one variable.",
    },
    subject="configdiff",
)
def multi_variable_change(changeset: Changeset) -> Iterator[Ask]:
    """Ask about each run in which more than one variable moved."""
    from triptych_lint.configdiff.joint import joint_changes

    yield from joint_changes(changeset, literals=False)
