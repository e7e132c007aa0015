"""What git ignores: nested ``.gitignore`` files and ``.git/info/exclude``, as git reads them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from triptych_lint.patterns import Patterns


@dataclass(frozen=True, slots=True)
class GitIgnores:
    """The ignore files that hold in one folder of a work tree, outermost first."""

    inside: bool = False
    files: tuple[Patterns, ...] = ()

    @classmethod
    def above(cls, folder: str) -> GitIgnores:
        """What the folders above ``folder`` ignore; nothing if they ignore ``folder`` itself,
        as a folder that was named is looked at all the same."""
        here = Path(os.path.abspath(folder))
        ignores = cls()
        for parent in reversed(here.parents):
            ignores = ignores.entering(str(parent))
        if ignores.ignores(str(here), folder=True):
            return cls(inside=True)
        return ignores

    def entering(self, folder: str, names: set[str] | None = None) -> GitIgnores:
        """The same with the ignore files of ``folder``, whose entries are ``names`` if known.

        The top of another work tree (a submodule) starts afresh.
        """
        ignores = self
        if _holds(folder, ".git", names):
            exclude = _lines(os.path.join(folder, ".git", "info", "exclude"))
            ignores = GitIgnores(True, _added((), folder, exclude))
        if ignores.inside and _holds(folder, ".gitignore", names):
            lines = _lines(os.path.join(folder, ".gitignore"))
            ignores = GitIgnores(True, _added(ignores.files, folder, lines))
        return ignores

    def ignores(self, path: str, folder: bool) -> bool:
        """Whether git ignores ``path``, given that it does not ignore the folder around it."""
        for patterns in reversed(self.files):
            verdict = patterns.verdict(path, folder=folder)
            if verdict is not None:
                return verdict
        return False


def _holds(folder: str, name: str, names: set[str] | None) -> bool:
    return os.path.exists(os.path.join(folder, name)) if names is None else name in names


def _added(
    files: tuple[Patterns, ...], folder: str, lines: tuple[str, ...]
) -> tuple[Patterns, ...]:
    return (*files, Patterns(Path(os.path.abspath(folder)), lines)) if lines else files


def _lines(path: str) -> tuple[str, ...]:
    """The patterns of an ignore file; none where it cannot be read, as git does."""
    try:
        text = Path(path).read_text("utf-8", "surrogateescape")
    except OSError:
        return ()
    return tuple(line for line in text.splitlines() if line.strip() and not line.startswith("#"))
