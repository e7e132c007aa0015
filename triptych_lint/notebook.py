"""Notebooks: the Python of their code cells, and changes that leave the rest of the JSON alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from triptych_lint.celledit import by_cell, rewritten_source, settled
from triptych_lint.decoding import UnreadableSource
from triptych_lint.jsontext import Located, escapes_non_ascii, locate
from triptych_lint.magics import Masked, mask
from triptych_lint.model import Edit, Span

_PYTHON = re.compile(r"i?python[\d.]*|pypy[\d.]*", re.IGNORECASE)
_UNUSABLE = re.compile("[\0\ud800-\udfff]")
"""Characters that JSON can escape and that no Python text can hold."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell of Python. ``number`` counts all cells of the notebook from one.

    ``masked`` is ``text`` with what only IPython understands hidden, at equal length.
    """

    number: int
    text: str
    mask: Masked
    source: Span
    """Where the value of the cell's ``source`` stands in the JSON."""

    @property
    def masked(self) -> str:
        return self.mask.text


@dataclass(frozen=True, slots=True)
class Notebook:
    """The Python cells of a notebook; one of format 3 is only read."""

    cells: tuple[Cell, ...]
    writable: bool

    @classmethod
    def parse(cls, raw: str) -> Notebook:
        """Read the JSON of a notebook.

        Raises:
            UnreadableSource: where ``raw`` is no JSON, no notebook of format 3 or 4, or one of
                another language than Python.
        """
        try:
            book = locate(raw, ("cells", "worksheets"))
        except RecursionError:
            raise UnreadableSource("is not a notebook: nested too deeply") from None
        except ValueError as error:
            raise UnreadableSource(f"is not a notebook: not valid JSON ({error})") from None
        if not isinstance(book.value, dict):
            raise UnreadableSource("is not a notebook: no JSON object")
        top = {key: item.value for key, item in book.value.items()}
        version = top.get("nbformat")
        if version not in (3, 4):
            raise UnreadableSource("is not a notebook of nbformat 3 or 4")
        _require_python(top.get("metadata"))
        cells = _cells_of_format_3(top) if version == 3 else top.get("cells")
        if not isinstance(cells, list):
            raise UnreadableSource("is not a notebook: it has no list of cells")
        found = (_python_cell(number, cell) for number, cell in enumerate(cells, 1))
        return cls(tuple(cell for cell in found if cell), writable=version == 4)

    def settled(self, spans: Sequence[Span], edits: Sequence[Edit]) -> list[Edit]:
        """``edits`` of the joined cells, which stand at ``spans``, each within one cell.

        Raises:
            ValueError: where an edit touches a masked line or crosses from one cell into another,
                or where the notebook is only read.
        """
        if not self.writable:
            raise ValueError("a notebook of nbformat 3 is only read")
        return [settled(self.cells, spans, edit) for edit in edits]

    def rewritten(self, raw: str, spans: Sequence[Span], edits: Sequence[Edit]) -> str:
        """The JSON with settled ``edits`` made in order."""
        ascii_only = escapes_non_ascii(raw)
        pieces, done = [], 0
        for index, own in by_cell(spans, edits):
            place = self.cells[index].source
            source = rewritten_source(raw, place, own, ascii_only=ascii_only)
            pieces += [raw[done : place.start], source]
            done = place.end
        return "".join([*pieces, raw[done:]])


def _require_python(metadata: object) -> None:
    """Refuse a notebook that says it is of another language; one that says nothing is Python."""
    for section, key in (("language_info", "name"), ("kernelspec", "language")):
        table = metadata.get(section) if isinstance(metadata, dict) else None
        language = table.get(key) if isinstance(table, dict) else None
        if isinstance(language, str) and language:
            if not _PYTHON.fullmatch(language):
                raise UnreadableSource(f"is a notebook of {language}, not of Python", gates=False)
            return


def _cells_of_format_3(top: dict[str, Any]) -> list[Located] | None:
    sheets = top.get("worksheets")
    if not isinstance(sheets, list):
        return None
    found: list[Located] = []
    for sheet in sheets:
        cells = sheet.value.get("cells") if isinstance(sheet.value, dict) else None
        if cells is not None and isinstance(cells.value, list):
            found += cells.value
    return found


def _python_cell(number: int, cell: Located) -> Cell | None:
    """The cell, if it is one of Python code."""
    fields = cell.value
    if not isinstance(fields, dict) or _value(fields, "cell_type") != "code":
        return None
    source = fields.get("source") or fields.get("input")
    text = _joined(source.value) if source else None
    if source is None or text is None or not _speaks_python(fields):
        return None
    masked = mask(_UNUSABLE.sub("\ufffd", text))
    return Cell(number, text, masked, source.span) if masked else None


def _value(fields: dict[str, Located], key: str) -> Any:
    return fields[key].value if key in fields else None


def _joined(source: object) -> str | None:
    if isinstance(source, str):
        return source
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        return "".join(source)
    return None


def _speaks_python(fields: dict[str, Located]) -> bool:
    """Whether neither format 3 nor an editor has noted another language for a code cell."""
    metadata = _value(fields, "metadata")
    editor = metadata.get("vscode") if isinstance(metadata, dict) else None
    noted = editor.get("languageId") if isinstance(editor, dict) else None
    languages = (noted, _value(fields, "language"))
    return all(_PYTHON.fullmatch(name) for name in languages if isinstance(name, str))
