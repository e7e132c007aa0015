"""Versions of a file that is new: the parent or the sibling that it is compared with."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from triptych_lint.configdiff.config import Config
from triptych_lint.configdiff.git import GitError
from triptych_lint.configdiff.kin import composed, is_like_a_config, nearest, parents
from triptych_lint.configdiff.nodes import ConfigError, Tree
from triptych_lint.configdiff.sides import Sides, Versions
from triptych_lint.paths import printable

MOST_SIBLINGS = 200
MOST_GENERATIONS = 5


def versions_of_new(sides: Sides, path: str) -> Versions | None:
    """A new file and what it builds on; None if there is nothing of the kind.

    Raises:
        ConfigError: where the new file cannot be read.
    """
    new = sides.after(path)
    declared = [(name, found) for name, found in _parents(sides, new, path)]
    if declared:
        tree = _inherited(sides, declared)
        name, parent = declared[-1]
        old = parent.with_tree(tree)
        return Versions(old, new.with_tree(composed(tree, new.tree)), f"its base {printable(name)}")
    if parents(new.tree, new.source.text, path) or not is_like_a_config(new.tree):
        return None
    siblings = dict(_siblings(sides, path))
    sibling = nearest(new.tree, ((name, config.tree) for name, config in siblings.items()))
    if sibling is None:
        return None
    return Versions(siblings[sibling], new, f"its nearest sibling {printable(sibling)}")


def _parents(sides: Sides, config: Config, path: str) -> Iterator[tuple[str, Config]]:
    """The configs that one builds on, as far as they can be read."""
    for name in parents(config.tree, config.source.text, path):
        found = _read(sides, name) if name != path else None
        if found is not None:
            yield name, found


def _inherited(
    sides: Sides, declared: list[tuple[str, Config]], generations: int = MOST_GENERATIONS
) -> Tree:
    """What several parents give together, each with what it takes over itself."""
    tree: Tree | None = None
    for name, parent in declared:
        above = list(_parents(sides, parent, name)) if generations else []
        own = parent.tree
        if above:
            own = composed(_inherited(sides, above, generations - 1), own)
        tree = own if tree is None else composed(tree, own)
    assert tree is not None
    return tree


def _siblings(sides: Sides, path: str) -> Iterator[tuple[str, Config]]:
    """The files beside ``path`` that are of its format, as they were before."""
    folder, suffix = posixpath.dirname(path), posixpath.splitext(path)[1]
    names = [
        name
        for name in sides.repository.files(sides.old, folder)
        if name.endswith(suffix) and name != path
    ]
    for name in names[-MOST_SIBLINGS:]:
        try:
            yield name, Config(sides.repository.read(sides.old, name), name)
        except (ConfigError, GitError):
            continue


def _read(sides: Sides, path: str) -> Config | None:
    """A parent as it is now, or as it was."""
    for read in (sides.after, lambda path: sides.before(path, path)):
        try:
            return read(path)
        except ConfigError:
            continue
    return None
