"""The facts of one file: parsed once by LibCST and walked once."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator

from triptych_lint import tree as t
from triptych_lint.source import Source

MAX_CHARACTERS = 3_000_000
"""Longer texts are data, not training code."""
LONG_LINE = 3_000
BUSY_LINE = 500
"""A line with more characters than the first and more punctuation than the second is a suspect."""
MAX_DEPTH = 60
"""Brackets deeper than this are a suspect as well."""
TRIAL_SECONDS = 3
"""How long a suspect may take to parse."""


class UnparsableModule(Exception):
    """The text is no Python that can be read; the message names the cause and the line.

    ``gates`` is false where nothing is wrong with the file: it was only left out, by size or shape.
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
            UnparsableModule: on a syntax error, or where the text is too large to parse in time.
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
    _guard(text)
    import libcst as cst

    from triptych_lint.lower import Lowering
    from triptych_lint.positions import offsets

    try:
        module = cst.parse_module(text)
        lowering = Lowering(offsets(module))
        return lowering.block(module.body), frozenset(lowering.called)
    except cst.ParserSyntaxError as error:
        line = _broken_line(text, error.raw_line)
        raise UnparsableModule(f"syntax error on line {line}") from None
    except RecursionError:
        raise UnparsableModule("too deeply nested to read; skipped", gates=False) from None


def _broken_line(text: str, guess: int) -> int:
    """The line of a syntax error; LibCST's own count is off by some."""
    try:
        ast.parse(text)
    except SyntaxError as error:
        return error.lineno or guess
    except (ValueError, RecursionError, MemoryError):
        return guess
    return guess


_BRACKET = re.compile(r"[()\[\]{}]")
_PUNCTUATION = re.compile(r"[()\[\]{},.+*/-]")
_TRIAL = "import sys, libcst; libcst.parse_module(sys.stdin.read())"


def _guard(text: str) -> None:
    """Refuse what would keep the parser busy for seconds, or overflow its stack."""
    if len(text) > MAX_CHARACTERS:
        size = len(text) / 1e6
        raise UnparsableModule(f"{size:.1f} million characters: too large, skipped", gates=False)
    shape = _suspicious_shape(text)
    if shape and not _parses_in_time(text):
        raise UnparsableModule(
            f"{shape} cannot be parsed within {TRIAL_SECONDS} s: skipped", gates=False
        )


def _suspicious_shape(text: str) -> str:
    """Name what may be slow to parse: LibCST's time grows with length times depth of one line."""
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > LONG_LINE and len(_PUNCTUATION.findall(line)) > BUSY_LINE:
            return f"line {number}, of {len(line):,} characters,"
    depth = 0
    for bracket in _BRACKET.finditer(text):
        depth = depth + 1 if bracket[0] in "([{" else max(depth - 1, 0)
        if depth > MAX_DEPTH:
            number = text.count("\n", 0, bracket.start()) + 1
            return f"nesting over {MAX_DEPTH} deep on line {number}"
    return ""


def _parses_in_time(text: str) -> bool:
    """Try the parse in a process of its own, since a native parse cannot be interrupted."""
    try:
        trial = subprocess.run(
            [sys.executable, "-c", _TRIAL],
            input=text.encode("utf-8", "surrogatepass"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=TRIAL_SECONDS,
            env={**os.environ, "PYTHONUTF8": "1"},
        )
    except subprocess.TimeoutExpired:
        return False
    return trial.returncode >= 0
