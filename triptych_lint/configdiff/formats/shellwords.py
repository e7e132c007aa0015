"""Shell text as commands and words with their places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from triptych_lint.model import Span

_END = re.compile(r"\r?\n|;;|[;&|()]+")
_REDIRECTION = re.compile(r"\d*(?:>>?|<)(?:&\d?)?")
_SKIPPED = re.compile(
    r"(?:[ \t]|\\\r?\n)+"
    r"|#[^\n]*"
    r"|<<-?\s*(['\"]?)(\w+)\1[^\n]*\n(?:.*?\n)??\s*\2[ \t]*(?=\n|\Z)",
    re.S,
)
"""Blanks, comments, and here-documents."""
_PLAIN = re.compile(r"[^\s;&|()<>'\"\\$`]+")
_SINGLE = re.compile(r"'[^']*'?")
_DOUBLE = re.compile(r'"(?:[^"\\]|\\.)*"?', re.S)
_PARAMETER = re.compile(r"\$\{[^}]*\}?|\$[\w@*#?!$-]?")
_TICKS = re.compile(r"`[^`]*`?", re.S)


@dataclass(frozen=True, slots=True)
class Word:
    """A word without its quotes; ``expands`` unless it stands in single quotes."""

    text: str
    span: Span
    quoted: bool = False
    expands: bool = True

    def after(self, length: int) -> Word:
        """The rest behind ``length`` characters, such as the value of ``key=value``."""
        start = min(self.span.start + length, self.span.end)
        return Word(self.text[length:], Span(start, self.span.end), self.quoted, self.expands)


def commands(text: str) -> Iterator[list[Word]]:
    """The simple commands of a script, each as its words; here-documents are passed over."""
    words: list[Word] = []
    at = 0
    while at < len(text):
        if match := _SKIPPED.match(text, at):
            at = match.end()
        elif match := _END.match(text, at):
            if words:
                yield words
            words, at = [], match.end()
        elif match := _REDIRECTION.match(text, at):
            at = match.end()
        else:
            word = _word(text, at)
            words.append(word)
            at = max(word.span.end, at + 1)
    if words:
        yield words


def _word(text: str, start: int) -> Word:
    pieces: list[str] = []
    at, quoted, expands = start, False, True
    while at < len(text):
        if match := _PLAIN.match(text, at):
            pieces.append(match[0])
        elif match := _SINGLE.match(text, at):
            pieces.append(match[0].strip("'"))
            quoted = True
            expands = expands and "$" not in match[0] and "`" not in match[0]
        elif match := _DOUBLE.match(text, at):
            pieces.append(match[0].removeprefix('"').removesuffix('"'))
            quoted = True
        elif text.startswith("$(", at):
            pieces.append("$(")
            at = _closed(text, at + 1)
            continue
        elif match := _PARAMETER.match(text, at) or _TICKS.match(text, at):
            pieces.append(match[0])
        elif text[at] == "\\" and at + 1 < len(text) and text[at + 1] not in "\r\n":
            pieces.append(text[at + 1])
            at += 2
            continue
        else:
            break
        at = match.end()
    return Word("".join(pieces), Span(start, max(at, start + 1)), quoted, expands)


def _closed(text: str, at: int) -> int:
    """Behind the bracket that closes the one at ``at``."""
    depth = 0
    for index in range(at, len(text)):
        depth += {"(": 1, ")": -1}.get(text[index], 0)
        if depth == 0:
            return index + 1
    return len(text)
