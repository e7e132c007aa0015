"""Several variables of an experiment move between two versions of a training script.

The same question as TRP501, where the numbers stand in the calls of a script instead of a config:

    loader = DataLoader(train_set, batch_size=64, shuffle=True)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    ->
    loader = DataLoader(train_set, batch_size=256, shuffle=True)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-4)

If the accuracy moves now, it may be any of the three, or two that cancel out. Compared are the
arguments of optimizers, schedules, training loaders, trainers, training arguments and losses with
those at HEAD, together with the constants and options of the same script and the range of its
loop over epochs. A name is followed to
its number, so that a literal that becomes `args.lr` has not changed; what cannot be followed is
never counted. Loaders of validation and test data, and two functions that each build an optimizer
of their own, are kept apart. What is tied, what counts, and the settings are those of TRP501.

Ignore it where the joint change is the experiment: say so in `state.md` under "Tests", or by
`# triptych-lint: ignore[TRP502] the recipe of the paper` in the script.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from triptych_lint.rule import Ask, rule

if TYPE_CHECKING:
    from triptych_lint.configdiff.compare import Changeset


@rule(
    "TRP502",
    "multi-variable-literals",
    question={
        "": "{number} things move at once in {where}: {moves}."
        " If {metric} changes, which one did it?",
        "partly": "{number} things move at once in {where}: {moves}. {notes} names {said}; is the"
        " rest ({rest}) meant to move as well?",
        "baseline": "{key} changes from {old} to {new} in {where}, and with it {moves}."
        " Is this a new baseline, to be compared only with the runs that follow?",
        "bulk": "{files} files change at once, and in {asked} of the scripts more than one variable"
        " moves. A refactoring, or experiments that we want to tell apart?",
    },
    statement={
        "": "{names} change together in {where}: {moves}.",
        "partly": "{names} change together in {where}; {notes} names only {said}: {moves}.",
        "baseline": "{where} starts a new baseline ({key} {old} to {new}): {moves}.",
        "bulk": "{files} files change at once; {asked} scripts move more than one variable.",
    },
    subject="configdiff",
)
def multi_variable_literals(changeset: Changeset) -> Iterator[Ask]:
    """Ask about each script in whose calls more than one variable moved."""
    from triptych_lint.configdiff.joint import joint_changes

    yield from joint_changes(changeset, literals=True)
