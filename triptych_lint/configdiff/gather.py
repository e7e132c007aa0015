"""Finds both versions of the configs that git says have changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from triptych_lint.configdiff.config import Config, is_config
from triptych_lint.configdiff.git import (
    HEAD,
    INDEX,
    WORKTREE,
    Changed,
    Commit,
    GitError,
    Repository,
)
from triptych_lint.configdiff.newfiles import versions_of_new
from triptych_lint.configdiff.nodes import ConfigError
from triptych_lint.configdiff.sides import Sides, Versions
from triptych_lint.model import Problem
from triptych_lint.paths import displayed, printable


@dataclass(slots=True)
class Gathered:
    """What can be compared in one go, and one line for each file that cannot.

    ``commit`` is the one whose changes these are, where commits are compared.
    """

    base: str
    versions: list[Versions] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    commit: Commit | None = None
    is_merge: bool = False


Excluded = Callable[[str], bool]
"""Says of a path in the current folder whether the settings exclude it."""


def changed_files(named: Sequence[str], *, staged: bool, excluded: Excluded) -> Gathered:
    """The configs that differ from HEAD, in the index or in the working tree.

    ``named`` are files and folders to look at, all if empty. A file that cannot be compared is no
    error: not every YAML file of a repository is a config.
    """
    gathered = Gathered(HEAD)
    try:
        repository = Repository()
        sides = Sides(repository, HEAD, INDEX if staged else WORKTREE)
        changed = repository.changed(sides.old, sides.new)
    except GitError as error:
        message = f"{printable(str(error))}; name two files to compare"
        gathered.problems.append(Problem(displayed(os.getcwd()), message, fatal=True))
        return gathered
    gathered.is_merge = repository.is_merging()
    if not staged:
        changed += _untracked(repository, named, gathered.problems, {c.path for c in changed})
    _gather(gathered, sides, changed, named, excluded)
    return gathered


def commits(base: str, last: str, named: Sequence[str], *, excluded: Excluded) -> list[Gathered]:
    """What each commit of ``last`` since ``base`` changed, each by itself, without merges."""
    try:
        repository = Repository()
        found = repository.commits(base, last)
    except GitError as error:
        reason = printable(str(error))
        message = f"{base}..{last} cannot be read from git ({reason})"
        problem = Problem(displayed(os.getcwd()), message, fatal=True)
        return [Gathered(base, problems=[problem])]
    result = []
    for commit in found:
        gathered = Gathered(commit.parent[:9], commit=commit)
        sides = Sides(repository, commit.parent, commit.name)
        _gather(gathered, sides, repository.changed(sides.old, sides.new), named, excluded)
        result.append(gathered)
    return result


def _gather(
    gathered: Gathered,
    sides: Sides,
    changed: Sequence[Changed],
    named: Sequence[str],
    excluded: Excluded,
) -> None:
    wanted = [sides.repository.from_top(name) for name in named]
    for file in changed:
        here = sides.repository.here(file.path)
        if not is_config(file.path) or excluded(here) or not _is_wanted(file.path, wanted):
            continue
        try:
            if file.unmerged:
                raise ConfigError("has conflicts of a merge that is not settled: not compared")
            if file.old is None:
                found = versions_of_new(sides, file.path)
            else:
                found = _versions(sides, file.path, file.old)
        except ConfigError as error:
            gathered.problems.append(Problem(displayed(here), str(error)))
            continue
        if found is not None:
            gathered.problems += remarks(found.new)
            gathered.versions.append(found)
        elif sides.new in (INDEX, WORKTREE) and not file.path.endswith((".py", ".ipynb")):
            message = f"is not in {sides.base} yet: nothing to compare it with"
            gathered.problems.append(Problem(displayed(here), message))


def _is_wanted(path: str, wanted: Sequence[str]) -> bool:
    return not wanted or any(
        name == "." or path == name or path.startswith(f"{name}/") for name in wanted
    )


def _untracked(
    repository: Repository, named: Sequence[str], problems: list[Problem], known: set[str]
) -> list[Changed]:
    """Named files that git does not follow yet; what was named and is no config, is said."""
    found = []
    for name in named:
        path = repository.from_top(name)
        if path in known or os.path.isdir(name):
            continue
        if not os.path.lexists(name):
            problems.append(Problem(displayed(name), "no such file or folder", fatal=True))
        elif not is_config(name):
            problems.append(Problem(displayed(name), "is of no format that is compared"))
        elif not repository.tracks(path):
            found.append(Changed(path, None))
    return found


def _versions(sides: Sides, path: str, old: str) -> Versions:
    """Both versions of a file that changed; raises ConfigError."""
    base = f"{sides.base}:{printable(old)}" if old != path else sides.base
    before = sides.before(old, base if old != path else old)
    after = sides.after(path)
    return Versions(before, after, base)


def remarks(config: Config) -> list[Problem]:
    """What is odd about a config that can be compared all the same."""
    return [Problem(config.path, remark) for remark in config.tree.remarks]
