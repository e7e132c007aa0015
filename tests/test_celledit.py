"""Changes of a notebook that leave the rest of its JSON alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notebooks import book, changed_rows, code, markdown, notebook, rows, sources

from triptych_lint.model import Edit, Span
from triptych_lint.source import Source, splice

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
    data = book(code("A")).replace(
        b'"A"', b'"x = \\"\\u00e9\\\\n\\"\\ny = 1\\u000Az = \\u003c\\u000a"'
    )
    source = Source.from_bytes(data, "train.ipynb")
    assert source.text == 'x = "é\\n"\ny = 1\nz = <\n'
    y = source.text.index("y")
    after = source.apply([Edit(Span(y, y + 1), "w")])
    assert after == data.replace(b"y = 1\\u000A", b"w = 1\\n")


def test_escaped_colours_of_an_output_are_no_reason_to_escape_letters() -> None:
    coloured = {"output_type": "stream", "name": "stdout", "text": ["\x1b[31mred\x1b[0m\x7f"]}
    source = notebook(code(["x = 1"], outputs=[coloured]), ensure_ascii=True)
    assert b"\\u001b" in source.data
    assert "é".encode() in source.apply([Edit(Span(0, 0), "y = 'é'\n")])


def test_a_row_that_is_joined_to_the_next_shares_its_string() -> None:
    after = notebook("a = 1\nb = 2\nc = 3").apply([Edit(Span(0, 6), "a = ")])
    assert json.loads(after)["cells"][0]["source"] == ["a = b = 2\n", "c = 3"]


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
