"""Notebooks: code cells as one program, magics masked, and cells rewritten in place."""

from __future__ import annotations

import bisect
import json
import re
from collections.abc import Sequence
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

from triptych_lint.model import Edit, Position
from triptych_lint.source import Source, UnreadableSource, apply_edits

_PYTHON_CELL_MAGICS = {
    "capture", "debug", "prun", "pypy", "python", "python3", "time", "timeit",
}  # fmt: skip
_AUTOMAGIC = re.compile(
    r"(?:pip|conda|mamba|cd|ls|pwd|mkdir|rm|cp|mv|cat|load_ext|matplotlib|autoreload|env|run)"
    r"[ \t]+[^=\s(.\[]"
)
_ASSIGNED = re.compile(r"^(\s*[\w.,\s]+=\s*)([!%].*)$")


class NotebookSource(Source):
    """A Jupyter notebook: its code cells, joined, with what is no Python masked at equal length."""

    def __init__(self, data: bytes, path: str) -> None:
        try:
            self._raw = data.decode("utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8")
            content = json.loads(self._raw)
        except (ValueError, RecursionError):
            raise UnreadableSource("is no valid notebook: its JSON cannot be read") from None
        self._bom_bytes = data[: len(data) - len(self._raw.encode("utf-8"))]
        cells = content.get("cells") if isinstance(content, dict) else None
        if not isinstance(cells, list):
            raise UnreadableSource("is no notebook of format 4: it has no list of cells")
        if _language(content) not in ("python", "ipython", None):
            raise UnreadableSource(f"is a notebook in {_language(content)}, not in Python")
        self._cells: list[int] = []
        self._offsets: list[int] = []
        self._masked: set[int] = set()
        """Offsets at which masked lines start."""
        texts: list[str] = []
        at = 0
        for number, cell in enumerate(cells):
            if not isinstance(cell, dict) or cell.get("cell_type") != "code":
                continue
            text = _text(cell.get("source", ""))
            masked, lines = mask(text)
            self._cells.append(number)
            self._offsets.append(at)
            self._masked.update(at + line for line in lines)
            texts.append(masked if masked.endswith("\n") else masked + "\n")
            at += len(texts[-1])
        self._originals = [_text(cells[number].get("source", "")) for number in self._cells]
        super().__init__("".join(texts), path)
        self.is_notebook = True

    def _cell_at(self, offset: int) -> int:
        return max(bisect.bisect_right(self._offsets, offset) - 1, 0)

    def position(self, offset: int) -> tuple[int | None, Position]:
        if not self._offsets:
            return None, Position(1, 0)
        index = self._cell_at(offset)
        _, position = super().position(offset)
        _, first = super().position(self._offsets[index])
        return self._cells[index] + 1, Position(position.row - first.row + 1, position.column)

    def offset(self, row: int, column: int, cell: int | None = None) -> int:
        return super().offset(self._row(row, cell), column)

    def line(self, row: int, cell: int | None = None) -> str:
        if cell is None or cell - 1 not in self._cells:
            return super().line(row)
        lines = self._originals[self._cells.index(cell - 1)].splitlines()
        return lines[row - 1] if 0 < row <= len(lines) else ""

    def _row(self, row: int, cell: int | None) -> int:
        if cell is None or cell - 1 not in self._cells:
            return row
        start = self._offsets[self._cells.index(cell - 1)]
        return super().position(start)[1].row + row - 1

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """Rewrite the changed lines of the changed cells, and no other byte of the JSON."""
        by_cell: dict[int, list[Edit]] = {}
        for edit in edits:
            index = self._cell_at(edit.span.start)
            if self._cell_at(max(edit.span.start, edit.span.end - 1)) != index:
                raise ValueError("an edit crosses the border of a cell")
            touched = {m for m in self._masked if edit.span.start < m < edit.span.end}
            replaced = edit.span.end > edit.span.start and edit.span.start in self._masked
            if touched or replaced:
                raise ValueError("an edit touches a magic command")
            by_cell.setdefault(index, []).append(edit)
        raw = self._raw
        places = _source_places(raw)
        for index in sorted(by_cell, reverse=True):
            start, end = places[self._cells[index]]
            base = self._offsets[index]
            original = self._originals[index]
            shifted = [
                Edit(
                    type(e.span)(e.span.start - base, min(e.span.end - base, len(original))), e.text
                )
                for e in by_cell[index]
            ]
            if any(e.span.start > len(original) for e in shifted):
                shifted = [
                    Edit(type(e.span)(len(original), len(original)), "\n" + e.text.rstrip("\n"))
                    if e.span.start > len(original)
                    else e
                    for e in shifted
                ]
            changed = apply_edits(original, shifted, "\n")
            raw = raw[:start] + _rewritten(raw[start:end], changed) + raw[end:]
        return self._bom_bytes + raw.encode("utf-8")


def _language(content: dict[str, Any]) -> str | None:
    metadata = content.get("metadata")
    for part in ("language_info", "kernelspec"):
        info = metadata.get(part) if isinstance(metadata, dict) else None
        name = info.get("name" if part == "language_info" else "language") if info else None
        if isinstance(name, str):
            return name.lower()
    return None


def _text(source: Any) -> str:
    return "".join(source) if isinstance(source, list) else str(source)


# Magics


def mask(text: str) -> tuple[str, set[int]]:
    """Replace what is no Python by Python that does nothing, character for character.

    Returns the masked text, and the offsets at which masked lines start.
    """
    lines = text.splitlines(keepends=True)
    first = next((line for line in lines if line.strip()), "").strip()
    whole = first.startswith("%%") and first[2:].split(" ")[0].strip() not in _PYTHON_CELL_MAGICS
    out: list[str] = []
    masked: set[int] = set()
    at = 0
    continued = False
    for line in lines:
        body = line.rstrip("\r\n")
        magic = whole or continued or _is_magic(body)
        assigned = _ASSIGNED.match(body) if not magic else None
        if magic:
            out.append(_blank(body) + line[len(body) :])
            continued = not whole and body.rstrip().endswith("\\")
        elif assigned:
            out.append(assigned[1] + "0".ljust(len(assigned[2])) + line[len(body) :])
        else:
            out.append(line)
        if magic or assigned:
            masked.add(at)
        at += len(line)
    return "".join(out), masked


def _is_magic(body: str) -> bool:
    code = body.strip()
    if code.startswith(("%", "!", "?")):
        return True
    if code.endswith("?") and re.fullmatch(r"[\w.]+\?{1,2}", code):
        return True
    return bool(_AUTOMAGIC.match(code)) and not re.match(r"\w+\s*=", code)


def _blank(body: str) -> str:
    """A statement of the same length that does nothing, at the same indentation."""
    indent = len(body) - len(body.lstrip())
    rest = len(body) - indent
    return body[:indent] + ("0" if rest else "").ljust(rest)


# Writing


def _source_places(raw: str) -> dict[int, tuple[int, int]]:
    """Where the value of each cell's ``source`` stands in the JSON, by the cell's number."""
    scanner = _Scanner(raw)
    return scanner.cells()


class _Scanner:
    """Walks JSON text and remembers where values stand."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.decoder = json.JSONDecoder()

    def cells(self) -> dict[int, tuple[int, int]]:
        found: dict[int, tuple[int, int]] = {}
        for key, start, _ in self._members(self._skip(0)):
            if key == "cells":
                for number, cell in enumerate(self._items(start)):
                    for name, begin, end in self._members(cell):
                        if name == "source":
                            found[number] = (begin, end)
        return found

    def _skip(self, at: int) -> int:
        while self.raw[at] in " \t\r\n":
            at += 1
        return at

    def _members(self, at: int) -> list[tuple[str, int, int]]:
        out: list[tuple[str, int, int]] = []
        at = self._skip(at + 1)
        while self.raw[at] != "}":
            key, at = scanstring(self.raw, at + 1)
            at = self._skip(self._skip(at) + 1)
            _, end = self.decoder.raw_decode(self.raw, at)
            out.append((key, at, end))
            at = self._skip(end)
            if self.raw[at] == ",":
                at = self._skip(at + 1)
        return out

    def _items(self, at: int) -> list[int]:
        out: list[int] = []
        at = self._skip(at + 1)
        while self.raw[at] != "]":
            out.append(at)
            _, end = self.decoder.raw_decode(self.raw, at)
            at = self._skip(end)
            if self.raw[at] == ",":
                at = self._skip(at + 1)
        return out


def _rewritten(literal: str, text: str) -> str:
    """The JSON of a cell's source with a new text: unchanged lines keep their very spelling."""
    ascii_only = "\\u" in literal
    if not literal.startswith("["):
        return json.dumps(text, ensure_ascii=ascii_only)
    old = json.loads(literal)
    spelled: dict[str, list[str]] = {}
    for value, piece in zip(old, _pieces(literal), strict=True):
        spelled.setdefault(value, []).append(piece)
    lines = text.splitlines(keepends=True)
    new = [
        spelled[line][0] if line in spelled else json.dumps(line, ensure_ascii=ascii_only)
        for line in lines
    ]
    lead = re.match(r"\[(\s*)", literal)
    tail = re.search(r"(\s*)\]$", literal)
    gap = lead[1] if lead else ""
    between = "," + (gap or " ")
    return "[" + gap + between.join(new) + (tail[1] if tail else "") + "]"


def _pieces(literal: str) -> list[str]:
    """The strings of a JSON list, as they are written."""
    scanner = _Scanner(literal)
    decoder = json.JSONDecoder()
    return [literal[at : decoder.raw_decode(literal, at)[1]] for at in scanner._items(0)]
