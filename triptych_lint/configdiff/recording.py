"""Writing down what a run will test, under "Tests" in ``state.md``, before it is started."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from triptych_lint.atomic import write_atomically
from triptych_lint.configdiff.compare import Changeset, FileDiff, Run
from triptych_lint.configdiff.joint import undeclared
from triptych_lint.configdiff.notes import PLACES
from triptych_lint.configdiff.wording import where

_TESTS = re.compile(r"^##[ \t]+tests[ \t]*(?=\r?$)", re.M | re.I)
_BEFORE = re.compile(
    r"^##[ \t]+(?:attempts|established results|open threads|next step)\b", re.M | re.I
)
_HEADING = re.compile(r"^#{1,2}[ \t]", re.M)


def bullet(file: FileDiff, run: Run) -> str:
    """``- lr 1e-3 -> 3e-4, batch size 32 -> 16 (configs/run.yaml)``."""
    told = []
    for variable in run.variables:
        for change in variable.changes:
            old, new = (" ".join(reading.shown.split()) for reading in change.values)
            told.append(f"{variable.axis.title} {old} -> {new}")
    return f"- {', '.join(dict.fromkeys(told))} ({where(file, run)})"


def record(changeset: Changeset, top: str) -> tuple[str, list[str]]:
    """Add a bullet for each run with variables that the notes do not name yet.

    The result is the path of the notes, and the bullets that were added; raises OSError.
    """
    bullets = list(dict.fromkeys(_bullets(changeset)))
    path = _notes(top)
    if bullets:
        text = path.read_bytes().decode("utf-8", "surrogateescape") if path.exists() else ""
        data = with_bullets(text, bullets).encode("utf-8", "surrogateescape")
        if path.exists():
            write_atomically(path, data)
        else:
            path.write_bytes(data)
    return os.fspath(path), bullets


def with_bullets(text: str, bullets: list[str]) -> str:
    """``text`` with bullets at the end of its section "Tests", which is made if it is missing."""
    newline = "\r\n" if "\r\n" in text else "\n"
    added = "".join(line + newline for line in bullets)
    section = _TESTS.search(text)
    if section is None:
        later = _BEFORE.search(text)
        at = later.start() if later else len(text)
        gap = "" if not text[:at] or text[:at].endswith(newline) else newline
        lead = f"{gap}{newline}" if text[:at].strip() and not later else gap
        tail = newline if later else ""
        return f"{text[:at]}{lead}## Tests{newline}{newline}{added}{tail}{text[at:]}"
    following = _HEADING.search(text, section.end())
    end = following.start() if following else len(text)
    body = text[section.end() : end]
    kept = body.rstrip()
    rest = body[len(kept) :] if following else ""
    rest = rest if rest.count("\n") > 1 or not following else newline * 2
    lead = newline if kept else newline * 2
    added = added if not following else added.removesuffix(newline)
    return f"{text[: section.end()]}{kept}{lead}{added}{rest}{text[end:]}"


def _bullets(changeset: Changeset) -> Iterator[str]:
    for file, run in changeset.runs():
        if undeclared(run, changeset.declared):
            yield bullet(file, run)


def _notes(top: str) -> Path:
    """The notes that there are, or where Triptych would keep them, or a file at the top."""
    places = [Path(top, place) for place in PLACES]
    for path in places:
        if path.is_file():
            return path
    return next((p for p in places[1:] if p.parent.is_dir()), places[0])
