"""``state.md``: putting our lines in, and leaving every line of a person's alone.

Each of our blocks stands between two comments, the first of which holds a digest of the lines: a
block that no longer matches it was edited by a person, and belongs to them from then on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from triptych_lint.mentor.words import read

WORDS = read("state/words.yaml")
END = "<!-- /triptych-lint -->"
_HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_FENCE = re.compile(r"[ ]{0,3}(```+|~~~+)")


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of ours for a section; ``alone``: only where nothing else stands there."""

    section: str
    key: str
    lines: tuple[str, ...]
    alone: bool = False


@dataclass(slots=True)
class Updated:
    """The new text, and the keys of the blocks that a person has edited."""

    text: str
    kept: list[str] = field(default_factory=list)


def template() -> str:
    """An empty ``state.md``: the seven sections of Triptych, and the tests before the attempts."""
    parts = [f"# {WORDS['title']}\n"]
    parts += [f"## {name}\n\n{WORDS['placeholder']}\n" for name in WORDS["sections"]]
    return "\n".join(parts)


def update(text: str, blocks: Sequence[Block]) -> Updated:
    """``text`` with each block in its section: only our own unedited lines are ever replaced."""
    newline = "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"
    done = Updated(_with_tests(text, newline))
    for block in blocks:
        found = _pattern(block.key).search(done.text)
        if found is None:
            done.text = _inserted(done.text, block, newline)
        elif not _is_ours(found):
            done.kept.append(block.key)
        else:
            new = rendered(block, newline)
            done.text = done.text[: found.start()] + new + done.text[found.end() :]
    return done


def digest(body: str) -> str:
    """What tells whether the lines of a block are still ours."""
    return sha256(body.encode("utf-8", "surrogateescape")).hexdigest()[:8]


def _is_ours(found: re.Match[str]) -> bool:
    """Whether a block is as it was written, in the one line ending or the other."""
    plain = found[0].replace("\r\n", "\n")
    if found[0] not in (plain, plain.replace("\n", "\r\n")):
        return False
    body = found["body"].replace("\r\n", "\n").removesuffix("\n")
    return found["digest"] == digest(body)


def rendered(block: Block, newline: str) -> str:
    """A block as it stands in the file, without a newline behind it."""
    body = "\n".join(line.replace("\r", " ").replace("\n", " ") for line in block.lines)
    text = f"<!-- triptych-lint: {_safe(block.key)} {digest(body)} -->\n{body}\n{END}"
    return text.replace("\n", newline)


def _safe(key: str) -> str:
    """A key that cannot end the comment that it stands in."""
    return key.replace("--", "-&#45;").replace(">", "&gt;")


def _pattern(key: str) -> re.Pattern[str]:
    opening = rf"^<!-- triptych-lint: {re.escape(_safe(key))} (?P<digest>[0-9a-f]{{8}}) -->\r?\n"
    return re.compile(rf"{opening}(?P<body>.*?)^{re.escape(END)}", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Section:
    """A heading, and where the text below it starts and ends."""

    title: str
    level: int
    heading: int
    start: int
    end: int


def _sections(text: str) -> list[_Section]:
    """The sections of a Markdown text; a line in a fence is no heading."""
    found: list[tuple[str, int, int, int]] = []
    lines = re.findall(r"[^\n]*\n|[^\n]+$", text)
    fenced = _fenced(lines)
    at = 0
    for number, line in enumerate(lines):
        heading = None if number in fenced else _HEADING.match(_plain(line, at == 0))
        if heading:
            found.append((heading[2], len(heading[1]), at, at + len(line)))
        at += len(line)
    sections: list[_Section] = []
    for index, (title, level, start, body) in enumerate(found):
        later = (other[2] for other in found[index + 1 :] if other[1] <= level)
        sections.append(_Section(title, level, start, body, next(later, len(text))))
    return sections


def _plain(line: str, first: bool) -> str:
    return line.rstrip("\r\n").lstrip("\ufeff" if first else "")


def _fenced(lines: Sequence[str]) -> set[int]:
    """The numbers of lines in code fences; a fence that nobody closes is none."""
    found: set[int] = set()
    opened: tuple[int, str] | None = None
    for number, line in enumerate(lines):
        fence = _FENCE.match(_plain(line, number == 0))
        if fence is None:
            continue
        if opened is None:
            opened = (number, fence[1][:3])
        elif fence[1].startswith(opened[1]):
            found.update(range(opened[0], number + 1))
            opened = None
    return found


def _named(text: str, name: str) -> _Section | None:
    for section in _sections(text):
        if section.title.strip().casefold() == name.casefold():
            return section
    return None


def _with_tests(text: str, newline: str) -> str:
    """``text`` with a section for tests, which are written down before they are run."""
    name = WORDS["tests"]
    if _named(text, name) is not None:
        return text
    before = _named(text, WORDS["tests_before"])
    own = f"## {name}\n\n{WORDS['placeholder']}\n\n".replace("\n", newline)
    if before is None:
        return _appended(text, own.rstrip("\r\n") + newline, newline)
    own = own.replace("##", "#" * before.level, 1)
    return text[: before.heading] + own + text[before.heading :]


def _inserted(text: str, block: Block, newline: str) -> str:
    """``text`` with a new block at the end of its section."""
    section = _named(text, block.section)
    new = rendered(block, newline)
    if section is None:
        return _appended(text, f"## {block.section}{newline}{newline}{new}{newline}", newline)
    body = text[section.start : section.end]
    if body.strip() == WORDS["placeholder"]:
        start = section.start + body.index(WORDS["placeholder"])
        return text[:start] + new + text[start + len(WORDS["placeholder"]) :]
    if block.alone and body.strip():
        return text
    end = section.start + len(body.rstrip())
    if not body.strip():
        end = section.start
        ended = text[:end].endswith("\n")
        lead = newline if ended else newline * 2
        return text[:end] + lead + new + newline + text[end:]
    return text[:end] + newline * 2 + new + (text[end:] or newline)


def _appended(text: str, own: str, newline: str) -> str:
    if text and not text.endswith("\n"):
        text += newline
    gap = newline if text.strip("\ufeff \t\r\n") and not text.endswith(newline * 2) else ""
    return text + gap + own
