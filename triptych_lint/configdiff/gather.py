"""Finds both versions of the configs to compare: two files, or what git knows of one."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from triptych_lint.configdiff.config import LARGEST, Config, is_config
from triptych_lint.configdiff.git import Changed, GitError, Repository
from triptych_lint.configdiff.nodes import ConfigError
from triptych_lint.model import Problem
from triptych_lint.paths import cause_of, displayed, printable

HEAD = "HEAD"
_NEW = f"is not in {HEAD} yet: nothing to compare it with"


@dataclass(frozen=True, slots=True)
class Versions:
    """Two versions of one config; ``base`` names the old one."""

    old: Config
    new: Config
    base: str


@dataclass(slots=True)
class Gathered:
    """What can be compared, and one line for each file that cannot."""

    versions: list[Versions] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def two_files(old: str, new: str) -> Gathered:
    """Two files, or versions that git knows by ``REV:path``. Whatever is wrong is fatal."""
    gathered = Gathered()
    read = []
    for name in (old, new):
        try:
            config = Config(_bytes(name), displayed(name))
        except ConfigError as error:
            gathered.problems.append(Problem(displayed(name), str(error), fatal=True))
        else:
            read.append(config)
            gathered.problems += _remarks(config)
    if len(read) == 2:
        gathered.versions.append(Versions(read[0], read[1], displayed(old)))
    return gathered


def _bytes(name: str) -> bytes:
    try:
        return _head(name)
    except IsADirectoryError:
        raise ConfigError("is a folder; name two files") from None
    except OSError as error:
        revision, colon, path = name.partition(":")
        if not colon or os.path.lexists(name):
            raise ConfigError(f"cannot be read ({cause_of(error)})") from None
    except ValueError as error:
        raise ConfigError(f"is no path ({error})") from None
    try:
        repository = Repository()
        if path.startswith(("./", "../")):
            path = repository.from_top(path)
        return repository.blob(f"{revision}:{path}")
    except GitError as error:
        raise ConfigError(f"cannot be read from git ({printable(str(error))})") from None


def _head(name: str) -> bytes:
    """A file as far as it can be a config: one byte too much tells that it is none."""
    with open(name, "rb") as file:
        return file.read(LARGEST + 1)


def changed_files(
    named: Sequence[str], *, staged: bool, excluded: Callable[[str], bool]
) -> Gathered:
    """The configs that differ from HEAD, in the index or in the working tree.

    ``named`` are files and folders to look at, all if empty; ``excluded`` says of a path in the
    current folder whether the settings exclude it. A file that cannot be compared is no error:
    not every YAML file of a repository is a config.
    """
    gathered = Gathered()
    try:
        repository = Repository()
        changed = repository.changed(staged=staged)
    except GitError as error:
        message = f"{printable(str(error))}; name two files to compare"
        gathered.problems.append(Problem(displayed(os.getcwd()), message, fatal=True))
        return gathered
    wanted = [repository.from_top(name) for name in named]
    gathered.problems += _unusable(repository, named, changed) if not staged else []
    for file in changed:
        here = repository.here(file.path)
        if not is_config(file.path) or excluded(here) or not _is_wanted(file.path, wanted):
            continue
        shown = displayed(here)
        try:
            found = _versions(repository, file, here, staged)
        except ConfigError as error:
            gathered.problems.append(Problem(shown, str(error)))
        else:
            gathered.problems += _remarks(found.new)
            gathered.versions.append(found)
    return gathered


def _unusable(
    repository: Repository, named: Sequence[str], changed: Sequence[Changed]
) -> list[Problem]:
    """What was named and has no two versions."""
    known = {file.path for file in changed}
    problems = []
    for name in named:
        path = repository.from_top(name)
        if path in known or os.path.isdir(name):
            continue
        if not os.path.lexists(name):
            problems.append(Problem(displayed(name), "no such file or folder", fatal=True))
        elif not is_config(name):
            problems.append(Problem(displayed(name), "is of no format that is compared"))
        elif not repository.tracks(path):
            problems.append(Problem(displayed(name), _NEW))
    return problems


def _is_wanted(path: str, wanted: Sequence[str]) -> bool:
    return not wanted or any(
        name == "." or path == name or path.startswith(f"{name}/") for name in wanted
    )


def _versions(repository: Repository, file: Changed, here: str, staged: bool) -> Versions:
    """Both versions of a changed file; raises ConfigError."""
    if file.unmerged:
        raise ConfigError("has conflicts of a merge that is not settled: not compared")
    if file.old is None:
        raise ConfigError(_NEW)
    renamed = file.old != file.path
    base = f"{HEAD}:{printable(file.old)}" if renamed else HEAD
    try:
        old = Config(repository.head(file.old), base if renamed else file.old)
    except (ConfigError, GitError) as error:
        raise ConfigError(f"its version in {HEAD}: {printable(str(error))}") from None
    try:
        data = repository.staged(file.path) if staged else _head(here)
    except GitError as error:
        raise ConfigError(f"cannot be read from the index ({printable(str(error))})") from None
    except OSError as error:
        raise ConfigError(f"cannot be read ({cause_of(error)})") from None
    return Versions(old, Config(data, displayed(here)), base)


def _remarks(config: Config) -> list[Problem]:
    return [Problem(config.path, remark) for remark in config.tree.remarks]
