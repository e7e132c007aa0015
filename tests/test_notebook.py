"""Notebooks: what of them is Python, and changes that leave the rest of the JSON alone."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from difflib import SequenceMatcher
from typing import Any

import libcst
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triptych_lint.magics import mask
from triptych_lint.model import Edit, Position, Region, Span
from triptych_lint.source import Source, UnreadableSource, splice

PYTHON = {"kernelspec": {"language": "python"}, "language_info": {"name": "python"}}
IMAGE = {"output_type": "display_data", "data": {"image/png": "iVBORw0\\u003d=="}, "metadata": {}}


def code(source: str | list[str], **more: Any) -> dict[str, Any]:
    outputs = [IMAGE, {"output_type": "stream", "name": "stdout", "text": ["loss 1e-5 \u00b5\n"]}]
    cell = {"cell_type": "code", "execution_count": 3, "metadata": {}, "outputs": outputs}
    return {**cell, "source": source, **more}


def markdown(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": [text]}


def book(*cells: dict[str, Any], metadata: Any = PYTHON, **style: Any) -> bytes:
    content = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content, **{"indent": 1, "ensure_ascii": False, **style}).encode() + b"\n"


def notebook(*cells: dict[str, Any] | str, **style: Any) -> Source:
    wrapped = [code(rows(cell)) if isinstance(cell, str) else cell for cell in cells]
    return Source.from_bytes(book(*wrapped, **style), "train.ipynb")


def rows(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def sources(data: bytes) -> list[str]:
    cells = json.loads(data.decode("utf-8-sig"))["cells"]
    return ["".join(cell["source"]) for cell in cells]


def changed_rows(before: bytes, after: bytes) -> tuple[list[str], list[str]]:
    """The lines of the file that went, and those that came."""
    old, new = before.decode().splitlines(), after.decode().splitlines()
    gone, came = [], []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            gone += old[a:b]
            came += new[c:d]
    return [row.strip() for row in gone], [row.strip() for row in came]


# Cells


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


# Magics

HIDDEN = [
    "%matplotlib inline",
    "%%time",
    "!pip install torch",
    "!!ls",
    "!echo don't",
    "?model",
    "model?",
    "model.fit??",
    "np.random.*?",
    "layers[0]?",
    "    %cd data",
    "\t!ls",
    ",print a b",
    "/len x",
    "pip install -U torch",
    "conda install numpy",
    "cd ..",
    "cd ~/data",
    "rm -rf runs/old",
    "matplotlib inline",
    "load_ext autoreload",
    "autoreload 2",
    "run train.py --lr 1e-3",
    "%timeit for x in y",
    "!wget \\\n  https://example.org/data.csv \\\n  -O data.csv",
]


@pytest.mark.parametrize("line", HIDDEN)
def test_a_magic_becomes_a_statement_of_the_same_length(line: str) -> None:
    lead = "if True:\n" if line[0] in " \t" else "x = 1\n"
    hidden = mask(f"{lead}{line}\n")
    assert hidden is not None
    assert len(hidden.text) == len(f"{lead}{line}\n")
    assert hidden.text.splitlines()[0] == lead.strip()
    body = ast.parse(hidden.text).body[-1]
    statement = body.body[0] if isinstance(body, ast.If) else body
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Name)


PYTHON_ONLY = [
    "x = 7 %3",
    "x = (a\n  %b)",
    "x = f'{a=!r}'",
    "print('a=%s' % b)",
    "x = a \\\n  %b",
    "'''\n%time\n!ls\nwhat?\n'''",
    "# why?\n# %time\nx = 1  # right?",
    "print('really?')",
    'x = """\nreally?\n"""',
    "pip = 3\nprint(pip)",
    "run = dict(\n  a=1,\n)",
    "time -= 3",
    "history = model.fit(x, y)\nhistory .history",
    "ls -l",
    "save or (\n  load)",
    "cd (\n  1)",
    "assert x != y",
    "d['=%'] = 3",
    "if a: pass",
    "@decorator\ndef f(): pass",
    "x = '\\\n%time'",
]


@pytest.mark.parametrize("text", PYTHON_ONLY)
def test_python_is_not_taken_for_a_magic(text: str) -> None:
    ast.parse(text)
    masked = mask(text)
    assert masked is not None
    assert masked.text == text
    assert masked.hidden == ()


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("files = !ls *.csv", "files = _________"),
        ("x=!l", "x=__"),
        ("a, b = %sx ls", "a, b = ______"),
        ("self.out['a'] = %time f()", "self.out['a'] = _________"),
    ],
)
def test_the_value_of_an_assigned_magic_is_unknown(line: str, masked: str) -> None:
    found = mask(line)
    assert found is not None
    assert found.text == masked


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("%time model.fit(x, y)", "_;    model.fit(x, y)"),
        ("%time x = f()", "_;    x = f()"),
        ("%timeit -n 10 -r3 f(x)", "_;                f(x)"),
        ("  %prun f()", "  _;    f()"),
        ("%time", "_____"),
        ("%time for x in y: z", "___________________"),
    ],
)
def test_python_behind_a_timing_magic_is_seen(line: str, masked: str) -> None:
    found = mask(line)
    assert found is not None
    assert found.text == masked


@pytest.mark.parametrize("magic", ["%%time", "%%capture out", "%%timeit -n1", "%%python3"])
@pytest.mark.parametrize("lead", ["", "\n \n"])
def test_a_cell_that_only_is_timed_is_seen(magic: str, lead: str) -> None:
    found = mask(f"{lead}{magic}\nx = 1\n!ls")
    assert found is not None
    assert found.text == f"{lead}{'_' * len(magic)}\nx = 1\n___"
    assert found.head == len(f"{lead}{magic}\n")


@pytest.mark.parametrize("magic", ["%%bash", "%%writefile train.py", "%%html", "%%R -i x", "%%!"])
@pytest.mark.parametrize("lead", ["", "\n\n", "%%time\n", "# load\n"])
def test_a_cell_that_is_not_run_as_python_is_left_out(magic: str, lead: str) -> None:
    source = notebook("x = 1", f"{lead}{magic}\nfor f in *; do echo $f; done", "y = 2")
    assert source.text == "x = 1\ny = 2"
    assert source.position(6) == (3, Position(1, 0))


def test_a_hidden_line_is_shown_as_it_is() -> None:
    source = notebook("%matplotlib inline\nx = 1")
    assert source.text == "__________________\nx = 1"
    assert source.line(1, cell=1) == "%matplotlib inline"
    assert source.shown_cells() == [(1, "%matplotlib inline\nx = 1")]


LINES = st.sampled_from(
    [*HIDDEN, *PYTHON_ONLY, "", "x = 1", "y = 'é'", "files = !ls", "%time x = 2", "  ", "# text"]
).filter(lambda line: not line.startswith(("    ", "\t", "%%")))


@given(st.lists(LINES, max_size=8))
def test_whatever_is_hidden_the_rest_parses_and_keeps_its_place(lines: list[str]) -> None:
    text = "\n".join(lines)
    masked = mask(text)
    assert masked is not None
    assert len(masked.text) == len(text)
    libcst.parse_module(masked.text)
    outside = list(text)
    for span in masked.hidden:
        outside[span.start : span.end] = masked.text[span.start : span.end]
    assert "".join(outside) == masked.text


@given(st.text(st.sampled_from("%!?=x \n\r\\'\"#([{)]}@;,/\t"), max_size=40))
def test_no_text_changes_its_length(text: str) -> None:
    masked = mask(text)
    if masked is not None:
        assert len(masked.text) == len(text)
        assert [c for c in masked.text if c in "\r\n"] == [c for c in text if c in "\r\n"]


# Writing

STYLES: dict[str, dict[str, Any]] = {
    "jupyter": {"indent": 1},
    "colab": {"indent": 2, "ensure_ascii": True},
    "four": {"indent": 4},
    "tabs": {"indent": "\t"},
    "one line": {"indent": None},
    "compact": {"indent": None, "separators": (",", ":")},
    "sorted": {"indent": 1, "sort_keys": True, "ensure_ascii": True},
}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("shape", [rows, str, lambda text: [text]], ids=["rows", "string", "one"])
def test_only_the_changed_rows_are_written_anew(
    style: str, shape: Callable[[str], str | list[str]]
) -> None:
    text = "import numpy\n# \u00fcber \U0001f600 </b> \\\nrng = 'é'\n\nmodel = Net()\n"
    source = notebook(markdown("é"), code(shape(text)), code(shape("ß = 2")), **STYLES[style])
    at = source.text.index("model")
    after = source.apply([Edit(Span(at, at), "seed('ü')\n"), Edit(Span(at, at + 5), "net")])
    content = json.loads(source.data)
    content["cells"][1]["source"] = shape(text.replace("model", "seed('ü')\nnet"))
    written = json.dumps(content, **{"ensure_ascii": False, **STYLES[style]})
    assert after.decode() == written + "\n"


def test_strings_that_hold_several_rows_stay_as_they_are() -> None:
    source = notebook(code(["a = 1\nb = 2\n", "c = 3\nd = 4"]))
    c, d = map(source.text.index, "cd")
    edits = [Edit(Span(c, c), "x\n"), Edit(Span(d, d + 1), "y"), Edit(Span(0, 0), "z\n")]
    after = json.loads(source.apply(edits))["cells"][0]["source"]
    assert after == ["z\na = 1\nb = 2\n", "x\nc = 3\ny = 4"]


def test_the_spelling_of_what_stays_is_kept() -> None:
    """Escapes that Python's JSON writer would choose otherwise."""
    data = book(code("A"), indent=2).replace(
        b'"A"',
        b'[ "x = \\"\\u00e9\\u003c\\/\\"\\n" ,"y = 1\\u000a",\n\t"z = \xc3\xa9" ]',
    )
    source = Source.from_bytes(data, "train.ipynb")
    assert source.text == 'x = "é</"\ny = 1\nz = é'
    y = source.text.index("y")
    after = source.apply([Edit(Span(y, y + 1), "w"), Edit(Span(y, y), "v = 'ü'\n")])
    assert after == data.replace(b'"y = 1\\u000a"', '"v = \'ü\'\\n" ,"w = 1\\n"'.encode())


def test_the_spelling_within_a_string_source_is_kept() -> None:
    data = book(code("A")).replace(b'"A"', b'"x = \\"\\u00e9\\\\n\\"\\ny = 1\\u000Az = \\u003c"')
    source = Source.from_bytes(data, "train.ipynb")
    assert source.text == 'x = "é\\n"\ny = 1\nz = <'
    y = source.text.index("y")
    after = source.apply([Edit(Span(y, y + 1), "w")])
    assert after == data.replace(b"y = 1\\u000A", b"w = 1\\n")


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_the_bytes_around_the_cells_are_kept(mark: bytes, newline: bytes) -> None:
    data = mark + book(code(["x = 1"])).replace(b"\n", newline) + b"  "
    source = Source.from_bytes(data, "train.ipynb")
    after = source.apply([Edit(Span(0, 0), "y = 2\n")])
    lead = newline + b"    "
    assert after == data.replace(b'"x = 1"', b'"y = 2\\n",' + lead + b'"x = 1"')


@pytest.mark.parametrize("empty", ["", []])
def test_an_empty_cell_can_be_filled_and_a_full_one_emptied(empty: str | list[str]) -> None:
    source = notebook(code(empty), code(["x = 1\n", "y = 2"]))
    filled = source.apply([Edit(Span(0, 0), "a = 1\nb = 2")])
    assert sources(filled) == ["a = 1\nb = 2", "x = 1\ny = 2"]
    emptied = source.apply([Edit(Span(1, len(source.text)), "")])
    assert sources(emptied) == ["", ""]


def test_several_cells_change_at_once_and_only_in_their_rows() -> None:
    source = notebook("a = 1\nb = 2", markdown("x"), "c = 3\nd = 4", "e = 5")
    edits = [Edit(Span(i, i + 1), "n") for i in map(source.text.index, "bde")]
    after = source.apply(edits)
    assert sources(after) == ["a = 1\nn = 2", "x", "c = 3\nn = 4", "n = 5"]
    gone, came = changed_rows(source.data, after)
    assert gone == ['"b = 2"', '"d = 4"', '"e = 5"']
    assert came == ['"n = 2"', '"n = 4"', '"n = 5"']


TEXT = st.lists(
    st.sampled_from(
        ["x = 1\n", "y = 'é'\n", "\n", "if a:\n", "    b = '\\n'\n", "z = '😀\u2028'\n"]
    ),
    max_size=5,
).map("".join)


@st.composite
def edited_notebook(draw: st.DrawFn) -> tuple[Source, list[Edit]]:
    texts = draw(st.lists(TEXT, min_size=1, max_size=4))
    cells = []
    for text in texts:
        text = text.removesuffix("\n") if draw(st.booleans()) else text
        shapes: list[str | list[str]] = [rows(text), text, [text], list(text)]
        cells.append(code(draw(st.sampled_from(shapes))))
    source = notebook(*cells, **STYLES[draw(st.sampled_from(sorted(STYLES)))])
    edits = []
    for number, text in source.shown_cells():
        start = source.offset(1, 0, number)
        cuts = sorted(draw(st.lists(st.integers(start, start + len(text)), max_size=4)))
        for a, b in zip(cuts[::2], cuts[1::2], strict=False):
            edits.append(Edit(Span(a, b), draw(st.sampled_from(["", "n = 'ü'\n", "n", "\nn = 1"]))))
    return source, list(dict.fromkeys(edits))


@given(edited_notebook())
def test_the_notebook_changes_as_its_text_does_and_in_nothing_else(
    case: tuple[Source, list[Edit]],
) -> None:
    source, edits = case
    try:
        settled = source.settle(edits)
    except ValueError:
        return  # two edits overlap
    after = source.apply(edits)
    assert Source.from_bytes(after, "train.ipynb").text == splice(source.text, settled)
    old, new = json.loads(source.data), json.loads(after)
    for was, now in zip(old["cells"], new["cells"], strict=True):
        assert type(was["source"]) is type(now["source"])
        now["source"] = was["source"]
    assert new == old
    assert list(new) == list(old)


@given(edited_notebook())
def test_a_cell_without_edits_keeps_its_bytes(case: tuple[Source, list[Edit]]) -> None:
    source, edits = case
    try:
        after = source.apply(edits[:1])
    except ValueError:
        return
    gone, came = changed_rows(source.data, after)
    cells = {source.position(edit.span.start)[0] for edit in edits[:1]}
    for number, (was, now) in enumerate(
        zip(source.shown_cells(), Source.from_bytes(after, "x.ipynb").shown_cells(), strict=True), 1
    ):
        assert was == now or number in cells
    assert (gone == came == []) == (after == source.data)


# Where edits may stand


@pytest.mark.parametrize(
    ("old", "text"),
    [
        ("%matplotlib inline", "%pylab"),
        ("matplotlib", ""),
        ("inline", "inline  # shown"),
        ("import a\n%", "import b\n%"),
        ("\ny", " y"),
        ("inline\ny", "inline\nz"),
    ],
)
def test_a_hidden_line_is_never_changed(old: str, text: str) -> None:
    source = notebook("import a\n%matplotlib inline\ny = 1")
    start = "import a\n%matplotlib inline\ny = 1".index(old)
    with pytest.raises(ValueError, match="only IPython understands"):
        source.apply([Edit(Span(start, start + len(old)), text)])


@pytest.mark.parametrize(
    ("span", "text", "after"),
    [
        (Span(9, 9), "b\n", "import a\nb\n%matplotlib inline\ny = 1"),
        (Span(0, 9), "", "%matplotlib inline\ny = 1"),
        (Span(28, 28), "b\n", "import a\n%matplotlib inline\nb\ny = 1"),
        (Span(27, 27), "\nb", "import a\n%matplotlib inline\nb\ny = 1"),
        (Span(27, 33), "", "import a\n%matplotlib inline"),
    ],
)
def test_lines_may_come_and_go_around_a_hidden_one(span: Span, text: str, after: str) -> None:
    source = notebook("import a\n%matplotlib inline\ny = 1")
    assert sources(source.apply([Edit(span, text)])) == [after]


def test_nothing_is_put_before_the_magic_of_a_cell() -> None:
    source = notebook("%%time\nx = 1")
    with pytest.raises(ValueError, match="comes first in its cell"):
        source.apply([Edit(Span(0, 0), "y = 1\n")])
    assert sources(source.apply([Edit(Span(7, 7), "y = 1\n")])) == ["%%time\ny = 1\nx = 1"]


def test_lines_that_cannot_open_a_cell_end_the_one_before() -> None:
    source = notebook("for x in y:\n    f(x)", "%%time\nz = 1", "a = 1\n", "%%capture\nb = 2")
    texts = [span[1] for span in source.shown_cells()]
    starts = [source.offset(1, 0, number) for number in (1, 2, 3, 4)]
    before_time = Edit(Span(starts[1], starts[1]), "    g(x)\n")
    before_capture = Edit(Span(starts[3], starts[3]), "c = 3\n")
    assert sources(source.apply([before_time, before_capture])) == [
        texts[0] + "\n    g(x)",
        texts[1],
        "a = 1\nc = 3",
        texts[3],
    ]


def test_an_indented_line_belongs_to_the_block_that_a_cell_ends_with() -> None:
    source = notebook("for x in y:\n    f(x)", "a = 1")
    at = source.text.index("a = 1")
    after = source.apply([Edit(Span(at, at), "    g(x)\n")])
    assert sources(after) == ["for x in y:\n    f(x)\n    g(x)", "a = 1"]


def test_the_last_line_of_a_cell_can_go() -> None:
    source = notebook("a = 1\nb = 2", "c = 3", "d = 4")
    b, c, d = map(source.text.index, "bcd")
    edits = [Edit(Span(b, c), ""), Edit(Span(c, d), "")]
    after = source.apply(edits)
    assert sources(after) == ["a = 1", "", "d = 4"]
    text = Source.from_bytes(after, "train.ipynb").text
    assert text == splice(source.text, source.settle(edits))


def test_the_last_line_of_a_cell_can_be_replaced_with_its_newline() -> None:
    source = notebook("a = 1\nb = 2", "c = 3")
    b, c = map(source.text.index, "bc")
    assert sources(source.apply([Edit(Span(b, c), "n = 2\n")])) == ["a = 1\nn = 2", "c = 3"]


@pytest.mark.parametrize(("span", "text"), [(Span(0, 7), "x"), (Span(3, 6), ""), (Span(3, 6), "x")])
def test_an_edit_within_two_cells_is_refused(span: Span, text: str) -> None:
    with pytest.raises(ValueError, match="notebook cell"):
        notebook("a = 1", "b = 2").apply([Edit(span, text)])
