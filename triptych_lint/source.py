"""The text of a file: offsets to rows and back, and byte-exact writing of edits."""

from __future__ import annotations

import bisect
import codecs
import io
import re
import tokenize
from collections.abc import Sequence
from pathlib import Path

from triptych_lint.model import Edit, Position, Region, Span

_BREAK = re.compile(r"\r\n|\r|\n")


class UnreadableSource(Exception):
    """The file is no text that can be linted; the message is one line that names the cause."""


class Source:
    """A script or a notebook, as text for the analysis.

    ``text`` is decoded and has no byte order mark; line endings and form feeds are kept, so that an
    offset means the same character as in the file. For a notebook it is the code cells, joined.
    """

    def __init__(self, text: str, path: str, *, encoding: str = "utf-8", bom: bytes = b"") -> None:
        self.text = text
        self.path = path
        self.is_notebook = False
        self._encoding = encoding
        self._bom = bom
        self._starts = [0, *(found.end() for found in _BREAK.finditer(text))]

    @classmethod
    def read(cls, path: Path, display: str | None = None) -> Source:
        """Read a file.

        Raises:
            UnreadableSource: if its content is no Python text and no Python notebook.
            OSError: if it cannot be opened.
        """
        return cls.from_bytes(path.read_bytes(), display if display is not None else str(path))

    @classmethod
    def from_bytes(cls, data: bytes, path: str) -> Source:
        """Decode ``data`` as Python does: by its byte order mark or coding cookie, else UTF-8."""
        if path.endswith(".ipynb"):
            from triptych_lint.notebook import NotebookSource

            return NotebookSource(data, path)
        if b"\0" in data:
            raise UnreadableSource("contains NUL bytes: no Python text")
        encoding = _encoding_of(data)
        bom = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
        try:
            text = data[len(bom) :].decode(encoding)
        except UnicodeDecodeError as error:
            at = error.start + len(bom)
            raise UnreadableSource(f"byte {at} is no {encoding} text") from None
        return cls(text, path, encoding=encoding, bom=bom)

    # Places

    def position(self, offset: int) -> tuple[int | None, Position]:
        """The cell (of a notebook, from one) and the row and column of an offset."""
        row = bisect.bisect_right(self._starts, offset) - 1
        return None, Position(row + 1, offset - self._starts[row])

    def region(self, span: Span) -> Region:
        """The range of ``span``, for people."""
        cell, start = self.position(span.start)
        _, end = self.position(span.end)
        return Region(self.path, start, end, cell)

    def offset(self, row: int, column: int, cell: int | None = None) -> int:
        """The offset of a row (from one) and column (from zero)."""
        return self._starts[row - 1] + column

    def line(self, row: int, cell: int | None = None) -> str:
        """A line without its newline; empty beyond the end."""
        if not 0 < row <= len(self._starts):
            return ""
        start = self._starts[row - 1]
        end = self._starts[row] if row < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    # Writing

    @property
    def newline(self) -> str:
        """The line ending that the file uses most; ``\\n`` where it has none."""
        found = _BREAK.findall(self.text)
        return max(("\n", "\r\n", "\r"), key=found.count) if found else "\n"

    def apply(self, edits: Sequence[Edit]) -> bytes:
        """The bytes of the file with ``edits`` made; every other byte is the same.

        Raises:
            ValueError: if edits overlap, or the file's encoding cannot hold an inserted text.
        """
        return self._bom + apply_edits(self.text, edits, self.newline).encode(self._encoding)


def apply_edits(text: str, edits: Sequence[Edit], newline: str) -> str:
    """``text`` with ``edits`` made; insertions at one place keep the order they are given in."""
    pieces: list[str] = []
    last = 0
    for edit in sorted(edits, key=lambda edit: edit.span):
        if edit.span.start < last or edit.span.end < edit.span.start:
            raise ValueError("edits overlap")
        pieces += [text[last : edit.span.start], edit.text.replace("\n", newline)]
        last = edit.span.end
    return "".join([*pieces, text[last:]])


def _encoding_of(data: bytes) -> str:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except (SyntaxError, UnicodeDecodeError) as error:
        raise UnreadableSource(_cause(error)) from None
    return "utf-8" if encoding == "utf-8-sig" else encoding


def _cause(error: Exception) -> str:
    text = str(error)
    if "unknown encoding" in text:
        return f"{text.partition(' for ')[0]} in the coding cookie"
    if "encoding problem" in text:
        return "the coding cookie and the byte order mark disagree"
    return "no UTF-8 text, and no coding cookie says what else"
