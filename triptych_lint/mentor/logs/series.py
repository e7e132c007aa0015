"""The curves of a run, whatever wrote them down."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from triptych_lint.mentor.words import read

WORDS = read("logs/words.yaml")


class UnreadableLog(Exception):
    """The log cannot be read; the message is a cause that fits behind the path and a colon."""


@dataclass(slots=True)
class Series:
    """One curve: its points by step."""

    name: str
    points: list[tuple[float, float]] = field(default_factory=list)

    @property
    def values(self) -> list[float]:
        return [value for _, value in self.points]

    @property
    def finite(self) -> list[float]:
        return [value for value in self.values if math.isfinite(value)]


@dataclass(slots=True)
class Log:
    """The curves of one log, by name, and the first of each role."""

    path: str
    series: dict[str, Series] = field(default_factory=dict)
    how: str = ""
    """The format, as it is called."""

    def of(self, role: str) -> Series | None:
        """The first curve of a role (``train_loss``, ``norm``...)."""
        return next((s for s in self.series.values() if role_of(s.name) == role), None)

    @property
    def roles(self) -> dict[str, Series]:
        """The curves that are looked at."""
        found: dict[str, Series] = {}
        for series in self.series.values():
            role = role_of(series.name)
            if role is not None:
                found.setdefault(role, series)
        return {role: found[role] for role in WORDS["titles"] if role in found}


def role_of(name: str) -> str | None:
    """What a curve of this name shows."""
    for entry in WORDS["roles"]:
        if re.search(entry["words"], name):
            return str(entry["role"])
    return None


def number(value: object) -> float | None:
    """A number as logs write them; None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return None
    return None


def from_records(path: str, how: str, records: Iterable[Mapping[str, object]]) -> Log:
    """The curves of rows or events that each name what they hold.

    Raises:
        UnreadableLog: if there is no number in them.
    """
    log = Log(path, how=how)
    for index, record in enumerate(records):
        step = _step(record)
        for name, value in record.items():
            found = number(value)
            if found is None or role_of(str(name)) is None:
                continue
            series = log.series.setdefault(str(name), Series(str(name)))
            series.points.append((index if step is None else step, found))
    if not log.series:
        raise UnreadableLog(WORDS["errors"]["empty"])
    return log


def _step(record: Mapping[str, object]) -> float | None:
    for words in (WORDS["steps"], WORDS["epochs"]):
        for name, value in record.items():
            if re.search(words, str(name)):
                found = number(value)
                if found is not None:
                    return found
    return None
