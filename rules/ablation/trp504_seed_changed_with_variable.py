"""The seed changes together with a variable of the experiment.

A new seed alone moves most results by as much as a small change of a setting does. If the learning
rate and the seed change in one run, a better score may be the better draw:

    seed: 17            seed: 18
    lr: 1e-3      ->    lr: 3e-4

Either keep the seed, or run both settings under both seeds. Of 8,193 configs of public repositories
in which a value changed, 244 changed a seed. Asked where exactly one variable moved by itself
besides the seed; several are the matter of TRP501, which counts the seed under `--strict`.

Ignore it where every run draws a new seed on purpose and several are averaged.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from triptych_lint.model import Severity
from triptych_lint.rule import Ask, rule

if TYPE_CHECKING:
    from triptych_lint.configdiff.compare import Changeset

_SEED = "seed"


@rule(
    "TRP504",
    "seed-changed-with-variable",
    question="A new seed ({old} to {new}) and a new {variable} in {where}: {moves}. Keep the seed,"
    " or run both settings under both seeds?",
    statement="The seed changes together with {variable} in {where}: {moves}.",
    severity=Severity.NOTE,
    subject="configdiff",
)
def seed_changed_with_variable(changeset: Changeset) -> Iterator[Ask]:
    """Ask about each run with a new seed and one moved variable; alike runs once."""
    from triptych_lint.configdiff.compare import distinct
    from triptych_lint.configdiff.wording import evidence, moves, names, place, short, where

    if changeset.is_bulk or changeset.declared.joint:
        return
    found = [
        (file, run)
        for file, run in changeset.runs()
        if not run.strict
        and len(run.variables) == 1
        and not run.baseline
        and any(m.axis.name == _SEED and m.tie is None for m in run.moved)
    ]
    for (file, run), *_ in distinct(found):
        (seed,) = (m for m in run.moved if m.axis.name == _SEED)
        change = seed.changes[0]
        old, new = (short(reading.shown) for reading in change.values)
        fields = {
            "old": old,
            "new": new,
            "variable": names(run),
            "where": where(file, run),
            "moves": moves(run),
        }
        shown = ((place(file, change), f"seed, was {old}"), *evidence(file, run))
        yield Ask(place(file, change), fields, shown)
