"""From what was named on the command line to the files that are linted, in a fixed order."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from triptych_lint.configfile import SettingsFinder
from triptych_lint.gitignore import GitIgnores
from triptych_lint.model import Problem
from triptych_lint.paths import cause_of, displayed
from triptych_lint.patterns import Patterns, matches
from triptych_lint.settings import Settings

SUFFIXES = (".py", ".ipynb")


@dataclass(frozen=True, slots=True)
class Target:
    """A file to lint, under the name that people see, with the settings that hold for it."""

    path: Path
    display: str
    settings: Settings


@dataclass(slots=True)
class Found:
    """What a search gave; ``targets`` are sorted within each path that was named."""

    targets: list[Target] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def discover(paths: Sequence[str], finder: SettingsFinder) -> Found:
    """Every file that ``paths`` (files and folders) name, each once.

    Folders are searched for ``.py`` and ``.ipynb`` files that no pattern excludes. A file that
    is named itself is taken whatever its name, and even if excluded, unless ``force-exclude``
    is set. Raises SettingsError.
    """
    search = _Search(finder)
    for path in paths:
        search.add(path)
    return search.found


class _Search:
    def __init__(self, finder: SettingsFinder) -> None:
        self.found = Found()
        self._finder = finder
        self._seen: set[str] = set()

    def add(self, path: str) -> None:
        try:
            is_folder = os.path.isdir(path)
            if not is_folder:
                os.stat(path)
        except OSError as error:
            self._problem(path, cause_of(error), fatal=True)
            return
        if not is_folder:
            settings = self._finder.at(os.path.dirname(path) or ".")
            if not (settings.force_exclude and settings.excluded(path)):
                self._take(path, settings)
            return
        before = len(self.found.targets)
        settings = self._finder.at(path)
        if not (settings.force_exclude and settings.excluded(path)):
            self._walk(path, _Excluder(path, settings), GitIgnores.above(path))
        if len(self.found.targets) == before:
            self._problem(path, "no Python files or notebooks in here")

    def _walk(self, folder: str, excluder: _Excluder, ignores: GitIgnores) -> None:
        """Take the files of ``folder``, then those of its folders, both by name."""
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            self._problem(folder, cause_of(error), gates=True)
            return
        settings = self._finder.at(folder)
        excluder = excluder.under(settings)
        ignores = ignores.entering(folder, {entry.name for entry in entries})
        folders = []
        for entry in entries:
            path = os.path.normpath(os.path.join(folder, entry.name))
            is_folder = _is_folder(entry)
            if not is_folder and not entry.name.endswith(SUFFIXES):
                continue
            if excluder.excludes(path, is_folder):
                continue
            if settings.respect_gitignore and ignores.ignores(path, is_folder):
                continue
            if is_folder:
                folders.append((path, entry.is_symlink()))
            elif self._readable(entry, path):
                self._take(path, settings)
        for path, is_link in folders:
            if not is_link:
                self._walk(path, excluder, ignores)
            elif _leads_upwards(path):
                self._problem(path, "symbolic link to a folder that contains it: not followed")

    def _readable(self, entry: os.DirEntry[str], path: str) -> bool:
        if not entry.is_symlink():
            return entry.is_file()
        try:
            os.stat(path)
        except OSError as error:
            self._problem(path, cause_of(error))
            return False
        return os.path.isfile(path)

    def _take(self, path: str, settings: Settings) -> None:
        identity = _identity(path)
        if identity not in self._seen:
            self._seen.add(identity)
            path = os.path.normpath(path)
            self.found.targets.append(Target(Path(path), displayed(path), settings))

    def _problem(self, path: str, cause: str, *, fatal: bool = False, gates: bool = False) -> None:
        self.found.problems.append(Problem(displayed(path), cause, fatal, gates))


class _Excluder:
    """The exclude patterns as they hold below a folder that was named.

    A pattern that matches the named folder itself (``triptych-lint build/``) was overruled by
    naming it: such a pattern goes on to hold for what lies inside.
    """

    def __init__(self, named: str, settings: Settings) -> None:
        self._named = os.path.abspath(named)
        self._settings = settings
        self._outer: list[Patterns] = []
        self._inner: list[str] = []
        for patterns in settings.exclusions:
            overruled = [
                line
                for line in patterns.lines
                if Patterns(patterns.base, (line,)).verdict(self._named, folder=True)
            ]
            kept = tuple(line for line in patterns.lines if line not in overruled)
            self._outer.append(Patterns(patterns.base, kept))
            self._inner += overruled

    def under(self, settings: Settings) -> _Excluder:
        return self if settings is self._settings else _Excluder(self._named, settings)

    def excludes(self, path: str, folder: bool) -> bool:
        absolute = os.path.abspath(path)
        if any(patterns.verdict(absolute, folder=folder) for patterns in self._outer):
            return True
        relative = os.path.relpath(absolute, self._named).replace(os.sep, "/")
        return bool(self._inner) and bool(matches(self._inner, relative, folder=folder))


def _identity(path: str) -> str:
    """The real path of a file; one look at the disk for most files of a folder."""
    if os.path.islink(path):
        return os.path.realpath(path)
    folder, name = os.path.split(os.path.abspath(path))
    return os.path.join(_real_folder(folder), name)


_real_folder = cache(os.path.realpath)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _leads_upwards(link: str) -> bool:
    target = os.path.realpath(link)
    parent = os.path.realpath(os.path.dirname(link) or ".")
    return os.path.commonpath([target, parent]) == target
