"""Gitignore-style patterns that are anchored at a folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


@dataclass(frozen=True, slots=True)
class Patterns:
    """The lines of one ``.gitignore`` or of one setting, with the folder that they speak of."""

    base: Path
    lines: tuple[str, ...]

    def verdict(self, path: str | Path, *, folder: bool = False) -> bool | None:
        """True: matched; False: matched by a negated line (``!keep.py``); None: says nothing.

        ``path`` is taken from the current folder. What does not lie below ``base`` is never
        matched, so a parent folder of the project that happens to be called ``build`` is harmless.
        """
        if not self.lines:
            return None
        relative = _below(str(self.base), os.path.abspath(path))
        if relative is None:
            return None
        return matches(self.lines, relative, folder=folder)


def matches(lines: Sequence[str], relative: str, *, folder: bool = False) -> bool | None:
    """What ``lines`` say about ``relative``, a path with forward slashes below their folder."""
    return _compiled(tuple(lines)).check_file(relative + "/" * folder).include


@cache
def _compiled(lines: tuple[str, ...]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(lines)


def _below(base: str, path: str) -> str | None:
    prefix = base.rstrip(os.sep) + os.sep
    if not path.startswith(prefix):
        return None
    return path[len(prefix) :].replace(os.sep, "/")
