"""YAML with the place of each value, composed: anchors and merges are spelled out.

Scalars stay text; what they mean is decided for all formats in one place (``meaning``). No object
is ever built from a tag, and a tag that nobody knows is no error.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

from triptych_lint.configdiff.nodes import DEEPEST, ConfigError, Items, Node, Scalar, Table, Tree
from triptych_lint.model import Span

MOST_VALUES = 20_000
"""Values of one file after anchors are spelled out; beyond lies an alias bomb, or data."""

_CORE = "tag:yaml.org,2002:"
_OPENING = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_CLOSING = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CLASS_KEY = "_target_"


def parse(text: str) -> Tree:
    """The documents of a YAML text; of a key that is written twice the last value holds.

    Raises:
        ConfigError: where the text is no YAML, nests too deeply, or unfolds to too many values.
    """
    try:
        _measure(text)
        composed = list(yaml.compose_all(text, Loader=_LOADER))
    except yaml.YAMLError as error:
        raise ConfigError(*_cause(error, text)) from None
    except ValueError as error:
        raise ConfigError(f"is not usable YAML: {error}") from None
    builder = _Builder()
    documents = tuple(builder.node(root, 0) for root in composed if root is not None)
    return Tree(documents, tuple(dict.fromkeys(builder.remarks)))


def _measure(text: str) -> None:
    """Refuse deep nesting before composing, which recurses."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, _OPENING):
            depth += 1
            if depth > DEEPEST:
                raise ConfigError(f"nests deeper than {DEEPEST} levels", _row(event))
        elif isinstance(event, _CLOSING):
            depth -= 1


def _cause(error: yaml.YAMLError, text: str) -> tuple[str, int | None]:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be read"
    return f"is not valid YAML: {problem}", min(mark.line, text.count("\n")) + 1 if mark else None


def _row(node: Any) -> int:
    """The row of a node or an event."""
    return int(node.start_mark.line) + 1


def _shrunk(span: Span, inner: Iterable[Node]) -> Span:
    """``span`` of a block up to its last value; YAML lets it run on to the next token."""
    ends = [node.span.end for node in inner if span.start <= node.span.start < span.end]
    return Span(span.start, max(ends)) if ends else span


class _Builder:
    """Turns composed nodes into ours."""

    def __init__(self) -> None:
        self.remarks: list[str] = []
        self._count = 0

    def node(self, node: yaml.Node, depth: int) -> Node:
        self._count += 1
        if self._count > MOST_VALUES:
            raise ConfigError(f"unfolds to more than {MOST_VALUES:,} values")
        if depth > DEEPEST:
            raise ConfigError("holds an anchor that contains itself", _row(node))
        span = Span(node.start_mark.index, node.end_mark.index)
        foreign = "" if node.tag.startswith(_CORE) else node.tag
        if isinstance(node, yaml.ScalarNode):
            return Scalar(node.value, span, node.style in ("'", '"', "|", ">"), foreign)
        if isinstance(node, yaml.SequenceNode):
            items = tuple(self.node(item, depth + 1) for item in node.value)
            return Items(items, _shrunk(span, items))
        assert isinstance(node, yaml.MappingNode)
        entries = self._entries(node, depth)
        span = _shrunk(span, entries.values())
        if ":" in foreign:
            # `!new:torch.optim.Adam` with arguments below it: the class is a value as well.
            name = Scalar(foreign.partition(":")[2], Span(span.start, span.start + len(foreign)))
            entries.setdefault(_CLASS_KEY, name)
        return Table(entries, span)

    def _entries(self, node: yaml.MappingNode, depth: int) -> dict[str, Node]:
        own: dict[str, Node] = {}
        merged: dict[str, Node] = {}
        for key, value in node.value:
            if key.tag == f"{_CORE}merge":
                for base in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                    if not isinstance(base, yaml.MappingNode):
                        raise ConfigError("merges what is no mapping", _row(base))
                    if depth > DEEPEST:
                        raise ConfigError("holds an anchor that contains itself", _row(base))
                    for name, inherited in self._entries(base, depth + 1).items():
                        merged.setdefault(name, inherited)
                continue
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            if name in own:
                message = f'line {_row(key)}: "{name}" is set a second time; the last value counts'
                self.remarks.append(message)
            own[name] = self.node(value, depth + 1)
        return own | {name: value for name, value in merged.items() if name not in own}
