"""How changes are told: what moved from where to where, and what goes with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

from triptych_lint.configdiff.changes import Change
from triptych_lint.configdiff.compare import FileDiff, Run
from triptych_lint.configdiff.nodes import Node
from triptych_lint.configdiff.pairs import shown_path
from triptych_lint.configdiff.ties import Moved, share_origins
from triptych_lint.configdiff.variables import snake_case
from triptych_lint.model import Span
from triptych_lint.paths import displayed
from triptych_lint.rule import Place

LONGEST = 32
_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


def moves(run: Run) -> str:
    """``lr 1e-3 to 3e-4, batch 32 to 64 (accumulation 1 to 2)`` for what counts in a run."""
    return ", ".join(_move(run, variable) for variable in run.variables)


def names(run: Run) -> str:
    """``lr, optimizer and batch``."""
    return spoken([variable.axis.name for variable in run.variables])


def spoken(axes: Sequence[str]) -> str:
    """Names of variables for people: ``lr, weight decay and batch``."""
    return listed([axis.replace("_", " ") for axis in axes])


def listed(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def number_word(number: int) -> str:
    """``Two``; in digits from ten on."""
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


def where(file: FileDiff, run: Run) -> str:
    """``configs/run.yaml``, with the section in a file of several runs."""
    path = displayed(file.config.path)
    return f"{path} ({run.section})" if run.section else path


def first(run: Run) -> Change:
    """The change of a counted variable that stands first in the file."""
    found = [change for variable in run.variables for change in variable.changes]
    return min(found, key=span_of)


def evidence(file: FileDiff, run: Run) -> Iterator[tuple[Place, str]]:
    """Each change that counts, and what follows from it."""
    for variable in run.variables:
        title = variable.axis.title
        for change in variable.changes:
            yield place(file, change), f"{title}, was {short(change.values[0].shown)}"
        for follower in run.followers(variable):
            assert follower.tie is not None
            for change in follower.changes:
                was = short(change.values[0].shown)
                yield place(file, change), f"was {was}: {follower.tie.reason}"


def place(file: FileDiff, change: Change) -> Place:
    """Where the new value is written; a config stands in for the module of the place."""
    return Place(cast(Any, file.config), span_of(change))


def node_place(file: FileDiff, node: Node) -> Place:
    """Where a value of the new version is written."""
    return Place(cast(Any, file.config), node.span)


def top(file: FileDiff) -> Place:
    """The first line of a file."""
    end = file.config.source.text.find("\n")
    return Place(cast(Any, file.config), Span(0, max(end, 0)))


def span_of(change: Change) -> Span:
    return change.values[1].span


def short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def _move(run: Run, variable: Moved) -> str:
    lead, *others = sorted(variable.changes, key=lambda change: not _is_named(change))
    text = f"{_label(variable, lead)} {_from_to(lead)}"
    aside = [shown_path(other.path) for other in others if not share_origins(lead, other)]
    for follower in run.followers(variable):
        assert follower.tie is not None
        change = follower.changes[0]
        aside.append(f"{_label(follower, change)} {_from_to(change)}: {follower.tie.reason}")
    return f"{text} (with {listed(list(dict.fromkeys(aside)))})" if aside else text


def _from_to(change: Change) -> str:
    old, new = change.values
    return f"{short(old.shown)} to {short(new.shown)}"


def _label(variable: Moved, lead: Change) -> str:
    """The variable's own name, or the key where that says more (``dropout``, ``epochs``)."""
    axis, leaf = variable.axis, lead.key.leaf
    if _is_named(lead) or axis.name in leaf or snake_case(axis.title) in leaf:
        return axis.name.replace("_", " ")
    return leaf


def _is_named(change: Change) -> bool:
    return all(isinstance(reading.value, str) for reading in change.values)
