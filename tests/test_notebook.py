"""What of a notebook is Python, and where it stands."""

from __future__ import annotations

import json
from typing import Any

import pytest
from notebooks import book, code, markdown, notebook

from triptych_lint.model import Edit, Position, Region, Span
from triptych_lint.source import Source, UnreadableSource


def test_code_cells_are_one_program_with_places_of_their_own() -> None:
    source = notebook("import torch\nx = 1", markdown("# Model"), "y = x\nz = y\n")
    assert source.is_notebook
    assert source.text == "import torch\nx = 1\ny = x\nz = y\n"
    z = source.text.index("z = y")
    assert source.position(z) == (3, Position(2, 0))
    assert source.offset(2, 0, cell=3) == z
    assert source.line(1, cell=3) == "y = x"
    assert source.region(Span(z, z + 5)) == Region("train.ipynb", Position(2, 0), Position(2, 5), 3)


def test_a_region_ends_with_its_cell() -> None:
    source = notebook("x = 1", "y = 2")
    assert source.region(Span(0, 8)) == Region("train.ipynb", Position(1, 0), Position(1, 5), 1)


def test_every_position_leads_back_to_its_offset() -> None:
    source = notebook("", "a = 1\n\n", markdown("x"), "é = '\u2028'\r\nb\rc", "")
    for offset in range(len(source.text) + 1):
        cell, place = source.position(offset)
        if source.text[offset - 1 : offset + 1] != "\r\n":
            assert source.offset(place.row, place.column, cell) == offset


def test_rows_and_cells_that_are_not_there_are_errors() -> None:
    source = notebook("x = 1\ny = 2", markdown("text"), "z = 3")
    with pytest.raises(IndexError):
        source.line(3, cell=1)
    with pytest.raises(ValueError, match="no code cell 2"):
        source.line(1, cell=2)
    with pytest.raises(ValueError, match="no code cell None"):
        source.offset(1, 0)


def test_a_notebook_without_code_is_an_empty_text() -> None:
    source = notebook(markdown("# Notes"))
    assert source.text == ""
    assert source.position(0) == (None, Position(1, 0))


def test_characters_that_no_python_text_can_hold_keep_their_place() -> None:
    data = book(code(["x = 'N'\n"])).replace(b"'N'", b"'\\ud800\\u0000'")
    source = Source.from_bytes(data, "train.ipynb")
    assert source.text == "x = '\ufffd\ufffd'\n"
    changed = source.apply([Edit(Span(9, 9), "y = 1\n")])
    assert changed == data.replace(b"'\\n\"\n", b'\'\\n",\n    "y = 1\\n"\n')


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"{", "is not a notebook: not valid JSON"),
        (b"{}x", "is not a notebook: not valid JSON"),
        (b'{"cells": [1 2]}', "is not a notebook: not valid JSON"),
        (b'{"cells" [}', "is not a notebook: not valid JSON"),
        (b"", "is not a notebook: not valid JSON"),
        (b"[]", "is not a notebook: no JSON object"),
        (b"{}", "is not a notebook of nbformat 3 or 4"),
        (b'{"nbformat": 2, "cells": []}', "is not a notebook of nbformat 3 or 4"),
        (b'{"nbformat": 4, "cells": 3}', "is not a notebook: it has no list of cells"),
        (b'{"nbformat": 4}', "is not a notebook: it has no list of cells"),
        (b'{"nbformat": 3, "worksheets": {}}', "is not a notebook: it has no list of cells"),
        (b'{"nbformat": 4, "a": ' + b"[" * 100_000, "is not a notebook: "),
        (b'{"nbformat": ' + b"4" * 5_000 + b"}", "is not a notebook"),
        (b"\xff\xfe{\0", "cannot be decoded as utf-8: byte 0xff at offset 0"),
    ],
)
def test_what_is_no_notebook_is_refused_with_its_cause(data: bytes, cause: str) -> None:
    with pytest.raises(UnreadableSource) as caught:
        Source.from_bytes(data, "train.ipynb")
    assert str(caught.value).startswith(cause)
    assert "\n" not in str(caught.value)
    assert caught.value.gates


@pytest.mark.parametrize(
    "metadata",
    [
        {"kernelspec": {"language": "julia"}},
        {"language_info": {"name": "R"}},
        {"language_info": {"name": "scala"}, "kernelspec": {"language": "python"}},
    ],
)
def test_a_notebook_of_another_language_is_refused_but_no_fault(metadata: object) -> None:
    with pytest.raises(UnreadableSource, match="not of Python") as caught:
        Source.from_bytes(book(metadata=metadata), "train.ipynb")
    assert not caught.value.gates


@pytest.mark.parametrize(
    "metadata",
    [None, {}, {"kernelspec": {"name": "python3"}}, {"language_info": {"name": "ipython"}}, []],
)
def test_a_notebook_is_python_unless_it_says_otherwise(metadata: object) -> None:
    assert notebook("x = 1", metadata=metadata).text == "x = 1"


def test_a_cell_of_another_language_is_left_out() -> None:
    sql = code(["SELECT 1"], metadata={"vscode": {"languageId": "sql"}})
    python = code(["x = 1"], metadata={"vscode": {"languageId": "python"}})
    assert notebook(sql, python, code(["y = 2"], metadata=[])).text == "x = 1\ny = 2"


@pytest.mark.parametrize("source", [None, 3, ["x = 1", 3], {"a": 1}])
def test_a_cell_without_text_is_left_out(source: Any) -> None:
    assert notebook(code(source), "y = 2").text == "y = 2"


def test_the_old_format_is_read_but_not_written() -> None:
    cells = [{"cell_type": "heading"}, {"cell_type": "code", "language": "python", "input": ["x"]}]
    content = {"nbformat": 3, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]}
    data = json.dumps(content).encode()
    source = Source.from_bytes(data, "old.ipynb")
    assert source.text == "x"
    assert source.position(0) == (2, Position(1, 0))
    assert source.apply([]) == data
    with pytest.raises(ValueError, match="nbformat 3 is only read"):
        source.apply([Edit(Span(0, 0), "y")])
