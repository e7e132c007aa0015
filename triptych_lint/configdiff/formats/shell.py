"""Shell scripts that launch training: the options of each command are a run.

A command counts if it sets a variable of an experiment, by `--lr 0.1`, `--lr=0.1` or `lr=0.1`.
Variables of the script are followed; what a loop, a condition or the caller sets is not known.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from triptych_lint.configdiff.formats.shellwords import Word, commands
from triptych_lint.configdiff.nodes import Node, Scalar, Table, Tree
from triptych_lint.configdiff.variables import load
from triptych_lint.model import Span

_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=")
_OPTION = re.compile(r"--?[A-Za-z][\w.\-/]*")
_OVERRIDE = re.compile(r"(\+{0,2}[A-Za-z_][\w.\-/@]*)=")
_VARIABLE = re.compile(r"\$(?:(\w+|[@*#?!$-])|\{(\w+)(?::?[-=]([^{}$`]*))?\}|\{[^}]*\}?|\(|)")
_OPENS = {"if", "for", "while", "until", "case", "function"}
_CLOSES = {"fi", "done", "esac"}
_PREFIXES = {"then", "do", "else", "elif", "{", "!", "time", "exec", "sudo", "nohup", "env"}
_DECLARE = {"export", "declare", "local", "readonly", "typeset"}
_MOST_HOPS = 8


def parse(text: str) -> Tree:
    """The commands of a shell script that set variables, named by the program they start."""
    reader = _Reader()
    for words in commands(text):
        reader.command(words)
    total = Counter(name for name, _ in reader.found)
    seen: Counter[str] = Counter()
    names = []
    for name, _ in reader.found:
        seen[name] += 1
        names.append(f"{name}, command {seen[name]}" if total[name] > 1 else name)
    return Tree(tuple(table for _, table in reader.found), names=tuple(names))


@dataclass(slots=True)
class _Reader:
    found: list[tuple[str, Table]] = field(default_factory=list)
    _values: dict[str, Scalar | None] = field(default_factory=dict)
    """Variables of the script; None for what is not known."""
    _depth: int = 0

    def command(self, words: list[Word]) -> None:
        words = self._opened(words)
        while words and words[0].text in _PREFIXES:
            words = words[1:]
        own: dict[str, Node] = {}
        while words and (match := _ASSIGNMENT.match(words[0].text)):
            own[match[1]] = self._value(words[0].after(match.end()))
            words = words[1:]
        if words and words[0].text in _DECLARE:
            for word in words[1:]:
                if match := _ASSIGNMENT.match(word.text):
                    own[match[1]] = self._value(word.after(match.end()))
            words = []
        if not words:
            for name, value in own.items():
                known = isinstance(value, Scalar) and not value.opaque and not self._depth
                self._values[name] = value if isinstance(value, Scalar) and known else None
            return
        entries = own | dict(self._options(words))
        catalogue = load()
        if any(catalogue.key((name,)).axis for name in entries):
            span = Span(words[0].span.start, words[-1].span.end)
            self.found.append((_program(words), Table(entries, span)))

    def _opened(self, words: list[Word]) -> list[Word]:
        """Keep count of loops and conditions; what is left of the command."""
        first = words[0].text if words else ""
        if first in _OPENS:
            self._depth += 1
            if first in ("for", "select") and len(words) > 1:
                self._values[words[1].text] = None
            return [] if first in ("for", "case", "function") else words[1:]
        if first in _CLOSES:
            self._depth = max(self._depth - 1, 0)
            return []
        return words

    def _options(self, words: list[Word]) -> Iterator[tuple[str, Node]]:
        index = 1
        while index < len(words):
            word = words[index]
            index += 1
            override = _OVERRIDE.match(word.text)
            option = _OPTION.match(word.text)
            if word.text == "-m":
                index += 1
            elif option and word.text[option.end() : option.end() + 1] == "=":
                yield option[0], self._value(word.after(option.end() + 1))
            elif option and option.end() == len(word.text):
                follower = words[index] if index < len(words) else None
                if follower is None or _OPTION.fullmatch(follower.text):
                    yield option[0], Scalar("true", word.span)
                else:
                    yield option[0], self._value(follower)
                    index += 1
            elif override:
                yield override[1].lstrip("+"), self._value(word.after(override.end()))

    def _value(self, word: Word, hops: int = _MOST_HOPS) -> Scalar:
        """The value of a word, its variables replaced by what the script gave them."""
        if not word.expands or not ("$" in word.text or "`" in word.text):
            return Scalar(word.text, word.span, quoted=word.quoted)
        opaque = Scalar(word.text, word.span, opaque=True)
        if "`" in word.text:
            return opaque
        pieces, done, origin = [], 0, None
        for match in _VARIABLE.finditer(word.text):
            value = self._variable(match)
            if value is None:
                return opaque
            pieces += [word.text[done : match.start()], value.text]
            done = match.end()
            origin = (value.origin or value.span) if match[0] == word.text else None
        text = "".join([*pieces, word.text[done:]])
        return Scalar(text, word.span, origin=origin)

    def _variable(self, match: re.Match[str]) -> Scalar | None:
        name = match[1] or match[2]
        if not name:
            return None
        if name in self._values:
            return self._values[name]
        fallback: str | None = match[3]
        return None if fallback is None else Scalar(fallback, Span(0, 0))


def _program(words: list[Word]) -> str:
    """The script or module that a command starts, past launchers and their options."""
    for index, word in enumerate(words):
        if word.text == "-m" and index + 1 < len(words):
            module = words[index + 1].text
            if not module.startswith(("torch.distributed", "accelerate", "deepspeed")):
                return module
        if word.text.endswith((".py", ".sh")):
            return word.text.rpartition("/")[2]
    return words[0].text.rpartition("/")[2]
