"""What the notes of an experiment say was meant to change: ``state.md`` and ``attempts.jsonl``.

Counted are bullets under "Tests" or "Attempts", and attempts, that are newer than the version which
is compared with. A bullet names a variable by one of its keys, its title, or the class that it is
now; where the bullet holds numbers, the new value must be among them, so that last month's test of
the learning rate is no word on today's.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any

from triptych_lint.configdiff.compare import Run
from triptych_lint.configdiff.meaning import Meaning, is_number, number, same
from triptych_lint.configdiff.ties import Moved
from triptych_lint.configdiff.variables import Variables, snake_case

PLACES = (
    "state.md",
    os.path.join("workspace", "research", "state.md"),
    os.path.join("research", "state.md"),
)
"""Where notes stand, from the top of the repository; the last is that of ``init_research``."""

ATTEMPTS = "attempts.jsonl"
"""The log of attempts, beside the notes."""

_HEADING = re.compile(r"^##\s+(.+?)\s*$", re.M)
_SECTIONS = {"tests", "attempts"}
_BULLET = re.compile(r"^[ \t]*[-*+]\s+(.*(?:\n(?![ \t]*[-*+]\s|\s*$|#).*)*)", re.M)
_TOKEN = re.compile(r"[A-Za-z_][\w\-]*|[-+]?\d[\d_]*(?:\.\d*)?(?:[eE][-+]?\d+)?|[-+]?\.\d+")


@dataclass(frozen=True, slots=True)
class Notes:
    """The notes that count for one comparison; ``path`` is empty where nobody takes any."""

    path: str = ""
    bullets: tuple[str, ...] = ()
    formal: bool = False
    """Whether the work is in formalization, where every joint change is a warning."""
    has_state: bool = False
    """Whether there is a ``state.md``, and not only a log of attempts."""

    def named(self, run: Run, variables: Variables) -> set[str]:
        """The variables of a run that the notes announce."""
        tokens = [_TOKEN.findall(bullet) for bullet in self.bullets]
        return {
            moved.axis.name
            for moved in run.moved
            if any(_names(found, moved, variables) for found in tokens)
        }


def find(top: str, since: float, *, committed: str = "") -> Notes:
    """The notes in the working tree below ``top``, as far as they are newer than ``since``.

    ``committed`` is the text of the notes in the version that is compared with, if git follows
    them: then bullets that it has already are old, whenever the file was written.
    """
    for place in PLACES:
        path = Path(top, place)
        attempts = list(_attempts(path.parent / ATTEMPTS, since))
        formal = _is_formal(path.parent / "session.json")
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
            fresh = path.stat().st_mtime >= since
        except OSError:
            if attempts:
                return Notes(
                    os.path.join(os.path.dirname(place), ATTEMPTS), tuple(attempts), formal
                )
            continue
        old = set(bullets(committed))
        found = [bullet for bullet in bullets(text) if bullet not in old] if fresh else []
        return Notes(place, (*found, *attempts), formal, has_state=True)
    return Notes()


def bullets(text: str) -> list[str]:
    """The bullets under "Tests" and "Attempts"."""
    parts = _HEADING.split(text)
    return [
        match[1]
        for title, body in zip(parts[1::2], parts[2::2], strict=True)
        if title.lower() in _SECTIONS
        for match in _BULLET.finditer(body)
    ]


def _attempts(path: Path, since: float) -> Iterator[str]:
    for record in _records(path):
        time = _time(record.get("ts"))
        if time is not None and time >= since:
            told = (record.get(key) for key in ("description", "reason"))
            yield " ".join(text for text in told if isinstance(text, str))


def _records(path: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(record, dict):
            yield record


def _time(value: object) -> float | None:
    """A moment as people and programs write it, in seconds."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    try:
        moment = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.astimezone(timezone.utc)).timestamp()


def _is_formal(path: Path) -> bool:
    try:
        session = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(session, dict) and session.get("phase") == "formalization"


def _names(tokens: list[str], moved: Moved, variables: Variables) -> bool:
    words = [snake_case(token) for token in tokens if number(token) is None]
    numbers = [found for token in tokens if (found := number(token)) is not None]
    for change in moved.changes:
        value = change.values[1].value
        if isinstance(value, str) and _class(value) in words:
            return True
        if _is_about(words, moved, change.key.leaf, variables):
            if not numbers or not _has_number(value):
                return True
            if any(same(found, part) for found in numbers for part in _numbers(value)):
                return True
    return False


def _is_about(words: list[str], moved: Moved, leaf: str, variables: Variables) -> bool:
    pairs = [f"{one}_{other}" for one, other in pairwise(words)]
    for word in (*words, *pairs):
        if word in (leaf, moved.axis.name, snake_case(moved.axis.title)):
            return True
        axis = variables.key((word,)).axis
        if axis is not None and axis.name == moved.axis.name:
            return True
    return False


def _class(value: str) -> str:
    return snake_case(value.rpartition(".")[2])


def _numbers(value: Meaning) -> Iterable[Meaning]:
    return value if isinstance(value, tuple) else (value,)


def _has_number(value: Meaning) -> bool:
    return any(is_number(part) for part in _numbers(value))
