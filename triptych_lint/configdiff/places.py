"""Two places that somebody named: files, versions that git knows, folders, recorded runs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from triptych_lint.configdiff.config import Config, is_config
from triptych_lint.configdiff.gather import Gathered, remarks
from triptych_lint.configdiff.git import GitError, Repository
from triptych_lint.configdiff.nodes import ConfigError
from triptych_lint.configdiff.sides import Versions, read_config
from triptych_lint.model import Problem
from triptych_lint.paths import cause_of, displayed, printable

_RECORDED = (
    os.path.join(".hydra", "config.yaml"),
    os.path.join("files", "config.yaml"),
    os.path.join("wandb", "latest-run", "files", "config.yaml"),
)
"""Where Hydra and W&B keep the config of a run, within its folder."""


def two_places(old: str, new: str, excluded: Callable[[str], bool]) -> Gathered:
    """Compare two files, or two folders. Whatever is wrong with what was named is fatal."""
    if os.path.isdir(old) and os.path.isdir(new):
        recorded = _recorded(old), _recorded(new)
        if None not in recorded:
            return _two_files(str(recorded[0]), str(recorded[1]))
        return _two_folders(old, new, excluded)
    return _two_files(*(_in_run(name, other) for name, other in ((old, new), (new, old))))


def _in_run(name: str, other: str) -> str:
    """The recorded config of a folder that is compared with a file."""
    found = _recorded(name) if os.path.isdir(name) and not os.path.isdir(other) else None
    return found or name


def _recorded(folder: str) -> str | None:
    if os.path.basename(os.path.normpath(folder)) == ".hydra":
        folder = os.path.dirname(os.path.normpath(folder)) or "."
    for path in _RECORDED:
        found = os.path.normpath(os.path.join(folder, path))
        if os.path.isfile(found):
            return found
    return None


def _two_files(old: str, new: str) -> Gathered:
    gathered = Gathered(displayed(old))
    read = []
    for name in (old, new):
        try:
            config = Config(_bytes(name), displayed(name))
        except ConfigError as error:
            gathered.problems.append(Problem(displayed(name), str(error), fatal=True))
        else:
            read.append(config)
            gathered.problems += remarks(config)
    if len(read) == 2:
        gathered.versions.append(Versions(read[0], read[1], displayed(old)))
    return gathered


def _two_folders(old: str, new: str, excluded: Callable[[str], bool]) -> Gathered:
    gathered = Gathered(displayed(old))
    after = set(_configs(new, excluded))
    shared = [name for name in _configs(old, excluded) if name in after]
    if not shared:
        message = f"has no config in common with {displayed(old)}"
        gathered.problems.append(Problem(displayed(new), message, fatal=True))
    for name in shared:
        paths = [os.path.join(folder, name) for folder in (old, new)]
        path = paths[0]
        try:
            read = []
            for path in paths:
                read.append(Config(_bytes(path), displayed(path)))
        except ConfigError as error:
            gathered.problems.append(Problem(displayed(path), str(error)))
            continue
        gathered.versions.append(Versions(read[0], read[1], displayed(paths[0])))
    return gathered


def _configs(folder: str, excluded: Callable[[str], bool]) -> Iterator[str]:
    """The configs in a folder and below, by their paths from it, in order."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(n for n in folders if not excluded(os.path.join(parent, n)))
        for name in sorted(names):
            path = os.path.join(parent, name)
            if is_config(path) and not excluded(path):
                yield os.path.relpath(path, folder)


def _bytes(name: str) -> bytes:
    try:
        return read_config(name)
    except IsADirectoryError:
        raise ConfigError("is a folder; name two files or two folders") from None
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
