"""A parsed config, whatever its format: nested tables, lists and scalars that know their place."""

from __future__ import annotations

from dataclasses import dataclass

from triptych_lint.model import Span

DEEPEST = 64
"""Levels of nesting; what nests deeper is no config that a person wrote."""


class ConfigError(Exception):
    """A text that cannot be compared; the message is one line that names the cause, not the path.

    ``row`` counts from one where the cause has a place.
    """

    def __init__(self, message: str, row: int | None = None) -> None:
        super().__init__(message if row is None else f"line {row}: {message}")


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value as it is written.

    ``text`` is without quotes and escapes; ``tag`` is a YAML tag that is not of YAML itself
    (``!ref``), and empty elsewhere. ``origin`` is the place of the literal where a name stands for
    it; what an ``opaque`` text stands for is not known.
    """

    text: str
    span: Span
    quoted: bool = False
    tag: str = ""
    origin: Span | None = None
    opaque: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Keys and their values, in the order of the text; keys that a merge brought come last."""

    entries: dict[str, Node]
    span: Span


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Node, ...]
    span: Span


Node = Scalar | Table | Items


@dataclass(frozen=True, slots=True)
class Tree:
    """The documents of one file (JSON has one), and what is odd about them, one line each.

    ``names`` are those of the documents, where they have any: then they are matched by name.
    """

    documents: tuple[Node, ...]
    remarks: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
