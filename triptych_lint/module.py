"""The facts of one file: parsed once by Python itself and walked once."""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Iterator

from triptych_lint import tree as t
from triptych_lint.source import Source

MAX_CHARACTERS = 3_000_000
"""Longer texts are data, not training code."""


class UnparsableModule(Exception):
    """The text is no Python that can be read; the message names the cause and the line.

    ``gates`` is false where nothing is wrong with the file: it was only left out, by size or depth.
    """

    def __init__(self, message: str, *, gates: bool = True) -> None:
        super().__init__(message)
        self.gates = gates


class Module:
    """One parsed file: its source and its statements."""

    __slots__ = ("body", "called", "name", "source")

    def __init__(self, source: Source, name: str = "__main__") -> None:
        """Parse ``source``.

        Raises:
            UnparsableModule: on a syntax error, or where the text is too large or too deep.
        """
        self.source = source
        self.name = name
        self.body, self.called = _parse(source.text)

    def under(self, source: Source) -> Module:
        """The same module, read from ``source``, whose text is the same."""
        other = Module.__new__(Module)
        other.source, other.name = source, self.name
        other.body, other.called = self.body, self.called
        return other

    @property
    def path(self) -> str:
        return self.source.path

    def text(self, node: t.Node) -> str:
        """The source text of ``node``."""
        return self.source.text[node.start : node.end]

    def functions(self) -> Iterator[tuple[t.Class | None, t.Def]]:
        """Functions of the module and methods of its classes, in order."""
        for statement in self.body:
            if isinstance(statement, t.Def):
                yield None, statement
            elif isinstance(statement, t.Class):
                for inner in statement.body:
                    if isinstance(inner, t.Def):
                        yield statement, inner


def _parse(text: str) -> tuple[t.Block, frozenset[str]]:
    """The statements of ``text``, and the names of what it calls."""
    if len(text) > MAX_CHARACTERS:
        size = len(text) / 1e6
        raise UnparsableModule(f"{size:.1f} million characters: too large, skipped", gates=False)
    from triptych_lint.lowering import lower

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes that Python itself will complain of
            parsed = ast.parse(text)
        return lower(text, parsed)
    except SyntaxError as error:
        version = ".".join(map(str, sys.version_info[:2]))
        cause = f"syntax error on line {error.lineno or 1} (read as Python {version})"
        raise UnparsableModule(cause) from None
    except ValueError:  # NUL, or half of a surrogate pair
        raise UnparsableModule("holds characters that no Python text can hold") from None
    except (RecursionError, MemoryError):
        raise UnparsableModule("too deeply nested to read; skipped", gates=False) from None
