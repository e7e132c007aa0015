"""Where logical lines end and comments stand, in texts that need not be valid Python."""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

from triptych_lint.model import Span
from triptych_lint.source import ROW_BREAK

_TOKEN = re.compile(
    r"""
      (?P<comment>\#[^\r\n]*)
    | (?P<string>
        (?P<triple>'{3}|"{3})(?:[^\\]|\\.)*?(?:(?P=triple)|\Z)
      | '(?:[^'\\\r\n]|\\(?:\r\n|.))*'
      | "(?:[^"\\\r\n]|\\(?:\r\n|.))*"
      )
    | (?P<joined>\\(?:\r\n|\r|\n))
    | (?P<newline>\r\n|\r|\n)
    | (?P<open>[(\[{])
    | (?P<close>[)\]}])
    """,
    re.VERBOSE | re.DOTALL,
)
_LAYOUT = {tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


@dataclass(frozen=True, slots=True)
class LogicalLine:
    """A statement, or the head of a compound one: ``span`` reaches up to its line ending.

    Lines that are empty, or hold only a comment, are logical lines of their own.
    """

    span: Span
    comments: tuple[Span, ...]
    next: int
    """Where the next line begins."""


def logical_line(text: str, start: int) -> LogicalLine:
    """The logical line that begins at ``start``."""
    depth = 0
    comments: list[Span] = []
    for token in _TOKEN.finditer(text, start):
        kind = token.lastgroup
        if kind == "comment":
            comments.append(Span(token.start(), token.end()))
        elif kind == "open":
            depth += 1
        elif kind == "close":
            depth = max(depth - 1, 0)
        elif kind == "newline" and depth == 0:
            return LogicalLine(Span(start, token.start()), tuple(comments), token.end())
    return LogicalLine(Span(start, len(text)), tuple(comments), len(text))


def logical_lines(text: str) -> Iterator[LogicalLine]:
    """The logical lines of ``text``, in order."""
    start = 0
    while start < len(text):
        line = logical_line(text, start)
        yield line
        start = line.next


def statement_lines(text: str) -> list[LogicalLine]:
    """The logical lines as Python's own tokenizer sees them; as good as can be where it fails."""
    try:
        return list(_tokenized(text))
    except (tokenize.TokenError, SyntaxError, IndexError):
        return list(logical_lines(text))


def _tokenized(text: str) -> Iterator[LogicalLine]:
    breaks = list(ROW_BREAK.finditer(text))
    starts = [0, *(match.end() for match in breaks)]
    ends = [*(match.start() for match in breaks), len(text)]
    # The tokenizer is given \n for every line ending, which shifts no column.
    rows = (f"{text[start:end]}\n" for start, end in zip(starts, ends, strict=True))
    first: int | None = None
    code = False
    comments: list[Span] = []
    for token in tokenize.generate_tokens(lambda: next(rows, "")):
        row = token.start[0] - 1
        if token.type in _LAYOUT:
            continue
        if first is None:
            first = row
        if token.type == tokenize.COMMENT:
            at = starts[row] + token.start[1]
            comments.append(Span(at, at + len(token.string)))
        elif token.type not in (tokenize.NL, tokenize.NEWLINE):
            code = True
        elif token.type == tokenize.NEWLINE or not code:
            follows = starts[row + 1] if row + 1 < len(starts) else len(text)
            yield LogicalLine(Span(starts[first], ends[row]), tuple(comments), follows)
            first, code, comments = None, False, []
