"""A search varies many variables of the experiment at once.

A grid or a random search over six variables finds a good setting, but says little about any of
them: with three values each that is 729 runs, and a budget of fifty visits seven in a hundred of
the corners. One axis at a time, from the best setting so far, shows what each of them is worth.

    method: random                      method: grid
    parameters:                         parameters:
      lr: {min: 1e-5, max: 1e-2}   ->     lr: {values: [1e-4, 3e-4, 1e-3]}
      batch_size: {values: [16, 64]}      batch_size: {value: 32}
      dropout: {min: 0.0, max: 0.5}       dropout: {value: 0.1}

Off by default: a search that is meant to find the best setting, rather than to explain it, is
right as it is. Counted are parameters of W&B sweeps, Hydra sweepers and search spaces that stand
for a counted variable (see TRP501) and can take more than one value; three variables are many.
Switch it on with `extend-select = ["TRP505"]`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from triptych_lint.model import Severity
from triptych_lint.rule import Ask, rule

if TYPE_CHECKING:
    from triptych_lint.configdiff.compare import Changeset

MANY = 3


@rule(
    "TRP505",
    "sweep-many-axes",
    question="The search in {where} varies {number} variables at once: {names}. Would one axis at a"
    " time tell which of them matters?",
    statement="The search in {where} varies {number} variables at once: {names}.",
    severity=Severity.NOTE,
    default=False,
    subject="configdiff",
)
def sweep_many_axes(changeset: Changeset) -> Iterator[Ask]:
    """Ask about each search space that changed and varies three variables or more."""
    from triptych_lint.configdiff.searches import searched
    from triptych_lint.configdiff.units import is_sweep
    from triptych_lint.configdiff.wording import node_place, number_word, spoken
    from triptych_lint.paths import displayed

    for file in changeset.files:
        for root in file.config.tree.documents:
            found = searched(root, changeset.variables) if is_sweep(root) else {}
            axes = list(dict.fromkeys(axis.name for axis, _ in found.values()))
            if len(axes) >= MANY:
                shown = tuple(
                    (node_place(file, node), f"varies the {axis.title}")
                    for axis, node in found.values()
                )
                fields = {
                    "where": displayed(file.config.path),
                    "number": number_word(len(axes)).lower(),
                    "names": spoken(axes),
                }
                yield Ask(shown[0][0], fields, shown)
