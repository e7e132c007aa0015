"""The ladder of a joint change: one config per variable, then all of them together.

Each step is the old text with the values of one variable (and of what is tied to it) replaced, so
that comments and formatting stay as they are. A step is written only if reading it back shows
that exactly this variable moved.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from triptych_lint.configdiff.changes import Change, Kind
from triptych_lint.configdiff.compare import Changeset, Comparison, FileDiff, Run
from triptych_lint.configdiff.config import Config
from triptych_lint.configdiff.joint import is_joint
from triptych_lint.configdiff.nodes import ConfigError
from triptych_lint.configdiff.references import Reading
from triptych_lint.model import Edit, Problem, Span
from triptych_lint.paths import cause_of, displayed


@dataclass(frozen=True, slots=True)
class Step:
    """One config of a ladder; ``name`` is the variable that it moves, or ``all``."""

    name: str
    data: bytes


class NoLadder(Exception):
    """A change that cannot be taken apart; the message is one line that says why."""


def write_ladders(
    changeset: Changeset, comparison: Comparison, folder: str
) -> tuple[list[str], list[Problem]]:
    """Write the ladder of each joint change into a folder; what was written, and what was not."""
    written: list[str] = []
    problems: list[Problem] = []
    for file in changeset.files:
        for run in file.runs:
            if not is_joint(run):
                continue
            try:
                steps = ladder(file, run, comparison)
                written += _write(folder, file, run, steps)
            except NoLadder as error:
                problems.append(Problem(file.config.path, f"is not split: {error}"))
            except OSError as error:
                message = f"cannot be written ({cause_of(error)})"
                problems.append(Problem(displayed(error.filename or folder), message, fatal=True))
    return written, problems


def ladder(file: FileDiff, run: Run, comparison: Comparison) -> list[Step]:
    """The steps from the old version to the new one; raises NoLadder."""
    if file.old.is_composed or file.config.is_composed:
        raise NoLadder("it takes over values from other files")
    steps = []
    for variable in run.variables:
        changes = list(variable.changes)
        for follower in run.followers(variable):
            changes += follower.changes
        wanted = [variable.axis.name]
        found = _first(
            config
            for config in _edited(file, changes)
            if _moved(comparison.of(file.old, config, "")) == wanted
        )
        if found is None:
            raise NoLadder(f"{variable.axis.title} cannot be changed without anything else")
        steps.append(Step(variable.axis.name, found.source.data))
    everything = [change for change in run.changes if change.kind is Kind.CHANGED]
    whole = _first(
        config
        for config in _edited(file, everything)
        if not comparison.of(config, file.config, "").runs
    )
    return [*steps, Step("all", (whole or file.config).source.data)]


def _moved(difference: FileDiff) -> list[str]:
    return [variable.axis.name for run in difference.runs for variable in run.variables]


def _first(found: Iterable[Config]) -> Config | None:
    return next(iter(found), None)


def _edited(file: FileDiff, changes: Sequence[Change]) -> Iterator[Config]:
    """The old version with the values of ``changes`` replaced, as they are written or as shown."""
    source = file.old.source
    for as_shown in (False, True):
        edits: dict[tuple[int, int], Edit] = {}
        for change in changes:
            old, new = change.values
            span = _place(old)
            text = _written(file.config, new, as_shown)
            edits[span.start, span.end] = Edit(span, text)
        try:
            yield Config(source.apply(list(edits.values())), file.old.path)
        except (ConfigError, ValueError):
            continue


def _place(reading: Reading) -> Span:
    """Where the literal stands: behind a name or a reference, if there is just one."""
    return next(iter(reading.origins)) if len(reading.origins) == 1 else reading.span


def _written(config: Config, reading: Reading, as_shown: bool) -> str:
    span = _place(reading)
    return reading.shown if as_shown else config.source.text[span.start : span.end]


def _write(folder: str, file: FileDiff, run: Run, steps: Sequence[Step]) -> Iterator[str]:
    """Write new files, never over one that is there."""
    os.makedirs(folder, exist_ok=True)
    path = PurePath(file.config.path)
    section = "".join(c if c.isalnum() or c in "-_" else "-" for c in run.section)
    stem = f"{path.stem}-{section}" if section else path.stem
    for number, step in enumerate(steps, 1):
        name = f"{stem}.{number}-{step.name.replace(' ', '-')}{path.suffix}"
        target = Path(folder, name)
        with open(target, "xb") as stream:
            stream.write(step.data)
        yield displayed(target)
