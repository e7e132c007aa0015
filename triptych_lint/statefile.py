"""``state.md``: where a project keeps what it is about, and which seeds it names there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

PLACES = (Path("workspace", "research", "state.md"), Path("research", "state.md"), Path("state.md"))
"""Where the file stands below the folder of a project; the first is Triptych's own."""
MAX_FOLDERS = 8
"""How far above a script its project's file is looked for."""

_NAMED = re.compile(r"(?i)seeds?\b[^\n\w]{0,4}(?:is |are |= ?|of |\w+ ?[=:(] ?)?(\d+)\b")
_NUMBER = re.compile(r"(?<![\w.:])\d+\b")


@dataclass(frozen=True, slots=True)
class Named:
    """The seeds that a ``state.md`` names, and the line (from 1) of the first of them."""

    path: Path
    line: int
    seeds: tuple[int, ...]


def find(script: Path) -> Path | None:
    """The ``state.md`` of a script's project, up to the root of its repository."""
    for folder in list(script.absolute().parents)[:MAX_FOLDERS]:
        for place in PLACES:
            if (folder / place).is_file():
                return folder / place
        if (folder / ".git").exists():
            break
    return None


def seeds(path: Path) -> Named | None:
    """The seeds that a ``state.md`` names; None where it names none or cannot be read."""
    try:
        return _seeds(path, path.stat().st_mtime_ns)
    except OSError:
        return None


@lru_cache(maxsize=16)
def _seeds(path: Path, changed: int) -> Named | None:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    found = [(n, line) for n, line in enumerate(lines, 1) if _NAMED.search(line)]
    numbers = [int(number) for _, line in found for number in _NUMBER.findall(line)]
    numbers += [int(number) for _, line in found for number in _NAMED.findall(line)]
    return Named(path, found[0][0], tuple(dict.fromkeys(numbers))) if found else None
