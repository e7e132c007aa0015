"""Suppression: comments that settle a question for a line, for the next statement, or a file.

What they cover is kept as ranges of characters, so that notebooks need nothing of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from triptych_lint.lexer import LogicalLine, statement_lines
from triptych_lint.model import Diagnostic, Span
from triptych_lint.source import ROW_BREAK, Source

_GATE = re.compile("noqa|triptych-lint:", re.IGNORECASE)
_NAME = r"[a-z]+[0-9]+|[a-z]+(?:-[a-z0-9]+)+"
_NAMES = rf"(?:{_NAME})(?:[,\s]+(?:{_NAME})\b)*"
_NOQA = re.compile(rf"#\s*noqa\b(?::\s*(?P<codes>{_NAMES}))?", re.IGNORECASE)
_NOQA_FILE = re.compile(rf"#\s*flake8[:=]\s*noqa(?::\s*(?P<codes>{_NAMES}))?\s*$", re.IGNORECASE)
_IGNORE = re.compile(
    r"#\s*triptych-lint:\s*ignore(?P<file>-file)?\b(?:\s*\[(?P<codes>[^\]]*)\])?", re.IGNORECASE
)
_OURS = re.compile(r"trp[0-9]{0,3}|[a-z]+(?:-[a-z0-9]+)+", re.IGNORECASE)
_WORD = re.compile(r"[\w-]+")


@dataclass(slots=True)
class Directive:
    """One comment: where it stands, what it names (None: every rule), and what it covers."""

    span: Span
    names: tuple[str, ...] | None
    reach: tuple[Span, ...]
    blanket_is_ours: bool
    """False for a ``noqa`` without codes, which may be meant for another tool."""
    used: set[str] = field(default_factory=set)

    def covers(self, diagnostic: Diagnostic) -> bool:
        """Whether ``diagnostic`` starts within reach and is named; remembers what was of use."""
        start = diagnostic.span.start
        if not any(span.start <= start <= span.end for span in self.reach):
            return False
        if self.names is None:
            self.used.add("")
            return True
        named = [name for name in self.names if _names(name, diagnostic)]
        self.used.update(named)
        return bool(named)

    def unused(self) -> list[str]:
        """The names (or "" for every rule) that settled nothing, though only we could need them."""
        if self.names is None:
            return [""] if self.blanket_is_ours and not self.used else []
        return [name for name in self.names if name not in self.used and _OURS.fullmatch(name)]


@dataclass(frozen=True, slots=True)
class Unused:
    """A comment, or a name in it, without which nothing more would be asked."""

    span: Span
    name: str


class Suppressions:
    """The suppressing comments of one source; they remember what they were needed for."""

    def __init__(self, directives: list[Directive]) -> None:
        self._directives = directives

    @classmethod
    def of(cls, source: Source) -> Suppressions:
        """Find the comments of ``source``."""
        if not _GATE.search(source.text):
            return cls([])
        return cls(list(_directives(source.text)))

    def covers(self, diagnostic: Diagnostic) -> bool:
        """Whether a comment settles ``diagnostic``."""
        settling = [d for d in self._directives if d.covers(diagnostic)]
        return bool(settling)

    def unused(self) -> list[Unused]:
        """What settled none of the diagnostics that :meth:`covers` was asked about."""
        return [
            Unused(directive.span, name)
            for directive in self._directives
            for name in directive.unused()
        ]


def _names(name: str, diagnostic: Diagnostic) -> bool:
    return diagnostic.code.startswith(name.upper()) or diagnostic.name == name.lower()


def _directives(text: str) -> Iterator[Directive]:
    lines = statement_lines(text)
    for index, line in enumerate(lines):
        for comment in line.comments:
            written = text[comment.start : comment.end]
            if not _GATE.search(written):
                continue
            row = _Row.of(text, line, comment)
            if match := _NOQA_FILE.match(written) if row.alone else None:
                everywhere = (Span(0, len(text)),)
                yield _directive(comment, match["codes"], everywhere, blanket_is_ours=False)
            for match in _NOQA.finditer(written):
                yield _directive(comment, match["codes"], (row.reach,), blanket_is_ours=False)
            for match in _IGNORE.finditer(written):
                if match["file"]:
                    reach: tuple[Span, ...] = (Span(0, len(text)),)
                elif row.alone:
                    reach = _next(text, lines, index, comment)
                else:
                    reach = (row.reach,)
                yield _directive(comment, match["codes"], reach)


def _directive(
    comment: Span, names: str | None, reach: tuple[Span, ...], *, blanket_is_ours: bool = True
) -> Directive:
    words = None if names is None else tuple(dict.fromkeys(_WORD.findall(names)))
    return Directive(comment, words, reach, blanket_is_ours)


@dataclass(frozen=True, slots=True)
class _Row:
    """The row of a comment: whether nothing precedes it there, and what the comment speaks for."""

    alone: bool
    reach: Span

    @classmethod
    def of(cls, text: str, line: LogicalLine, comment: Span) -> _Row:
        """On the first or the last row of a statement a comment speaks for the whole of it."""
        start, last = line.span.start, line.span.start
        for match in ROW_BREAK.finditer(text, line.span.start, line.span.end):
            last = match.end()
            if last <= comment.start:
                start = last
        alone = not text[start : comment.start].strip()
        outer = start in (line.span.start, last)
        return cls(alone, line.span if outer else Span(start, comment.end))


def _next(text: str, lines: list[LogicalLine], index: int, comment: Span) -> tuple[Span, ...]:
    """What a comment on a row of its own speaks for: the code that follows it."""
    line = lines[index]
    for match in ROW_BREAK.finditer(text, comment.end, line.span.end):
        after = ROW_BREAK.search(text, match.end(), line.span.end)
        row = Span(match.end(), after.start() if after else line.span.end)
        if _has_code(text[row.start : row.end]):
            return (row,)
    reach: list[Span] = []
    for line in lines[index + 1 :]:
        code = text[line.span.start : line.span.end].lstrip()
        if _has_code(code):
            reach.append(line.span)
            if not code.startswith("@"):
                break
    return tuple(reach)


def _has_code(text: str) -> bool:
    stripped = text.strip()
    return bool(stripped) and not stripped.startswith("#")
