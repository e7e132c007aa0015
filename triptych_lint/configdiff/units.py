"""What one run is: a whole document, or one section of a file that holds several runs."""

from __future__ import annotations

from itertools import combinations

from triptych_lint.configdiff.nodes import Items, Node, Scalar, Table
from triptych_lint.configdiff.references import Path
from triptych_lint.configdiff.variables import Variables

_RUN_LEVEL = {"batch", "length"}
"""Variables that a run has once: sections that each have them are runs, not parts of one."""

SPACES = {"search_space", "param_space", "param_grid", "hyperparameter_space", "sweep"}
"""Sections that say what a search may try."""


def sections(root: Node, variables: Variables) -> dict[Path, Node]:
    """The runs of a document by their paths; empty if the document is a single run.

    A document holds several runs if all its values are tables, at least two of which share keys
    of two or more variables, the batch or the length among them.
    """
    if isinstance(root, Table):
        tables = list(root.entries.values())
        if len(tables) == 1:
            (name, inner), *_ = root.entries.items()
            found = sections(inner, variables)
            return {(name, *path): node for path, node in found.items()}
        if all(isinstance(node, Table) for node in tables) and _are_runs(tables, variables):
            return {(name,): node for name, node in root.entries.items()}
    return {}


def _are_runs(nodes: list[Node], variables: Variables) -> bool:
    keys = [_training_keys(node, variables) for node in nodes]
    for one, other in combinations([key for key in keys if key], 2):
        shared = {axis for key, axis in one.items() if key in other}
        if len(shared) >= 2 and shared & _RUN_LEVEL:
            return True
    return False


def _training_keys(node: Node, variables: Variables) -> dict[str, str]:
    """The keys directly in a table that stand for variables."""
    found = {}
    for name, value in node.entries.items() if isinstance(node, Table) else ():
        axis = variables.key((name,)).axis
        if axis is not None and not isinstance(value, Table):
            found[name] = axis.name
    return found


def is_sweep(root: Node) -> bool:
    """Whether a document describes a search, whose point is that many variables move."""
    if not isinstance(root, Table):
        return False
    if {"method", "parameters"} <= root.entries.keys() or SPACES & root.entries.keys():
        return True
    return hydra_parameters(root) is not None


def hydra_parameters(root: Node) -> Node | None:
    """``hydra.sweeper.params``: what a sweep of Hydra varies."""
    node: Node | None = root
    for step in ("hydra", "sweeper", "params"):
        node = node.entries.get(step) if isinstance(node, Table) else None
    return node


def metric(root: Node, names: tuple[str, ...]) -> str | None:
    """The metric that a config says it watches (``monitor: val_acc``), found breadth first."""
    level: list[Node] = [root]
    while level:
        below: list[Node] = []
        for node in level:
            if isinstance(node, Table):
                for name in names:
                    value = node.entries.get(name)
                    if isinstance(value, Scalar) and value.text.isidentifier():
                        return value.text
                below += node.entries.values()
            elif isinstance(node, Items):
                below += node.items
        level = below
    return None
