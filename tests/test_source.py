"""Offsets, rows and columns of a text, and edits that leave every other byte alone."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triptych_lint.model import Edit, Position, Region, Span
from triptych_lint.source import Source, UnreadableSource, splice

TEXTS = st.text(
    st.one_of(
        st.sampled_from("ab \t\n\r\f\v\x1c\x85\u2028\u2029éß漢😀#'\"\\"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    ),
    max_size=60,
)


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    """A text, and edits of it that do not overlap, in any order."""
    text = draw(TEXTS)
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6)))
    spans = [Span(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    edits = [Edit(span, draw(TEXTS)) for span in dict.fromkeys(spans)]
    return text, draw(st.permutations(edits))


def script(text: str, name: str = "train.py") -> Source:
    return Source.from_bytes(text.encode(), name)


# Reading


@pytest.mark.parametrize(
    ("data", "text"),
    [
        pytest.param(b"x = 1\r\ny = 2\rz = 3\n", "x = 1\r\ny = 2\rz = 3\n", id="newlines"),
        pytest.param(b"\xef\xbb\xbfx = 1\n", "x = 1\n", id="byte order mark"),
        pytest.param(b"\xef\xbb\xbf# coding: utf8\n", "# coding: utf8\n", id="mark and comment"),
        pytest.param(b"\x0cx = '\xe2\x80\xa8'\n", "\x0cx = '\u2028'\n", id="form feed, U+2028"),
        pytest.param(b"# coding: latin-1\n# \xe9\n", "# coding: latin-1\n# é\n", id="latin-1"),
        pytest.param(b"# coding: latin-1 \xe9\n", "# coding: latin-1 é\n", id="accent in the line"),
        pytest.param(b"#!\r# coding: cp1252\r# \x80", "#!\r# coding: cp1252\r# €", id="old Mac"),
        pytest.param(b"\xc3\xa9 = 1\n# coding: latin-1\n", "é = 1\n# coding: latin-1\n", id="late"),
        pytest.param(b"", "", id="empty"),
    ],
)
def test_a_text_is_decoded_as_python_would_and_otherwise_left_alone(data: bytes, text: str) -> None:
    source = Source.from_bytes(data, "train.py")
    assert source.text == text
    assert source.apply([]) == data
    assert not source.is_notebook


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"x = '\0'\n", "contains NUL bytes: not Python text"),
        ("x = 1\n".encode("utf-16"), "contains NUL bytes: not Python text"),
        (b"# coding: klingon\n", 'unknown encoding "klingon" in the coding comment'),
        (b"# coding: rot13\n", '"rot13" in the coding comment is no encoding for Python text'),
        (b"# coding: utf-16\n", '"utf-16" in the coding comment is no encoding for Python text'),
        (b"x = 1\n# \xff\n", "cannot be decoded as utf-8: byte 0xff at offset 8"),
        (b"\xef\xbb\xbf# \xff\n", "cannot be decoded as utf-8: byte 0xff at offset 5"),
        (b"# coding: ascii\n# \xe9\n", "cannot be decoded as ascii: byte 0xe9 at offset 18"),
        (
            b"\xef\xbb\xbf# coding: latin-1\n",
            "byte order mark of utf-8, but the coding comment says iso-8859-1",
        ),
    ],
)
def test_what_is_no_python_text_is_refused_with_its_cause(data: bytes, cause: str) -> None:
    with pytest.raises(UnreadableSource) as caught:
        Source.from_bytes(data, "train.py")
    assert str(caught.value) == cause


@given(st.binary(max_size=40))
def test_any_bytes_are_kept_or_refused(data: bytes) -> None:
    try:
        source = Source.from_bytes(data, "train.py")
    except UnreadableSource:
        return
    assert source.apply([]) == data


def test_a_file_is_shown_under_the_name_that_was_given(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_bytes(b"x = 1\n")
    assert Source.read(tmp_path / "train.py", "src/train.py").path == "src/train.py"
    assert Source.read(tmp_path / "train.py").path == str(tmp_path / "train.py")


def test_a_source_survives_the_way_to_another_process() -> None:
    source = pickle.loads(pickle.dumps(script("x = 1\r\ny = 2\r\n")))
    assert source.line(2) == "y = 2"
    assert source.apply([Edit(Span(0, 1), "z")]) == b"z = 1\r\ny = 2\r\n"


# Places


def test_rows_break_where_python_breaks_them() -> None:
    source = script("a\r\nb\rc\x0c\u2028\x85d\ne")
    rows = ["a", "b", "c\x0c\u2028\x85d", "e"]
    assert [source.line(row) for row in range(1, 5)] == rows
    assert source.position(source.text.index("d")) == (None, Position(3, 4))
    assert source.region(Span(0, 4)) == Region("train.py", Position(1, 0), Position(2, 1))


@given(TEXTS)
def test_a_position_leads_back_to_its_offset(text: str) -> None:
    source = script(text)
    for offset in range(len(text) + 1):
        if text[offset - 1 : offset + 1] == "\r\n":
            continue  # within one line ending
        cell, place = source.position(offset)
        assert source.offset(place.row, place.column, cell) == offset
        assert source.line(place.row, cell)[: place.column] == text[offset - place.column : offset]


@pytest.mark.parametrize(("row", "column"), [(0, 0), (-1, 0), (4, 0)])
def test_a_row_that_is_not_there_is_an_error(row: int, column: int) -> None:
    source = script("a\nb\n")
    with pytest.raises(IndexError):
        source.line(row)
    with pytest.raises(IndexError):
        source.offset(row, column)


@pytest.mark.parametrize("column", [-1, 2])
def test_a_column_beyond_its_row_is_an_error(column: int) -> None:
    with pytest.raises(ValueError, match="no column"):
        script("a\r\nb").offset(1, column)


@pytest.mark.parametrize("offset", [-1, 4])
def test_an_offset_beyond_the_text_is_an_error(offset: int) -> None:
    with pytest.raises(ValueError, match="not in the text"):
        script("a\nb").position(offset)


# Writing


@pytest.mark.parametrize(
    ("text", "newline"),
    [("", "\n"), ("a\r\nb\r\nc\n", "\r\n"), ("a\rb\rc\n", "\r"), ("a\nb\x0c\u2028", "\n")],
)
def test_the_newline_is_the_one_used_most(text: str, newline: str) -> None:
    assert script(text).newline == newline


@given(edited(), st.booleans())
def test_every_byte_outside_of_the_edits_survives(case: tuple[str, list[Edit]], bom: bool) -> None:
    text, edits = case
    mark = b"\xef\xbb\xbf" if bom else b""
    source = Source.from_bytes(mark + b"# coding: utf-8\n" + text.encode(), "train.py")
    shift = len("# coding: utf-8\n")
    moved = [Edit(Span(e.span.start + shift, e.span.end + shift), e.text) for e in edits]
    expected, last = mark + b"# coding: utf-8\n", 0
    for edit in sorted(edits, key=lambda edit: edit.span):
        inserted = edit.text.replace("\r\n", "\n").replace("\r", "\n")
        expected += text[last : edit.span.start].encode()
        expected += inserted.replace("\n", source.newline).encode()
        last = edit.span.end
    assert source.apply(moved) == expected + text[last:].encode()


@given(edited())
def test_the_settled_edits_say_what_the_text_becomes(case: tuple[str, list[Edit]]) -> None:
    text, edits = case
    source = script("\n" * 2 + text)
    moved = [Edit(Span(e.span.start + 2, e.span.end + 2), e.text) for e in edits]
    after = source.apply(moved).decode()
    assert after == splice(source.text, source.settle(moved))


@given(st.binary(max_size=30).filter(lambda data: b"\0" not in data), st.integers(0, 30))
def test_another_encoding_survives_as_well(tail: bytes, at: int) -> None:
    head = b"# coding: latin-1\n"
    source = Source.from_bytes(head + tail, "train.py")
    at = len(head) + min(at, len(tail))
    data = source.apply([Edit(Span(at, at), "é")])
    assert data == (head + tail)[:at] + b"\xe9" + (head + tail)[at:]


def test_insertions_at_one_place_keep_their_order() -> None:
    at = Span(2, 2)
    edits = [Edit(at, "c\n"), Edit(Span(2, 3), "x"), Edit(at, "a\n"), Edit(Span(0, 2), "")]
    assert script("1\n2\n").apply(edits) == b"c\na\nx\n"


@pytest.mark.parametrize(
    "spans",
    [
        [Span(0, 2), Span(1, 3)],
        [Span(0, 2), Span(0, 2)],
        [Span(0, 4), Span(2, 2)],
        [Span(3, 1)],
        [Span(4, 6)],
        [Span(-1, 1)],
    ],
)
def test_edits_that_contradict_each_other_or_the_text_are_refused(spans: list[Span]) -> None:
    with pytest.raises(ValueError, match="edit"):
        script("x = 1").apply([Edit(span, "y") for span in spans])


def test_a_character_that_the_encoding_lacks_is_refused() -> None:
    source = Source.from_bytes(b"# coding: latin-1\nx = 1\n", "train.py")
    with pytest.raises(ValueError, match=r"iso8859-1 cannot represent '\\u20ac'"):
        source.apply([Edit(Span(18, 18), "# €\n")])


def test_bytes_that_encoding_would_respell_are_refused() -> None:
    """Both spell U+FF5E or the like in cp932; which of them stood there, the text cannot tell."""
    data = b"# coding: cp932\n# \xfa\x54\n"
    source = Source.from_bytes(data, "train.py")
    assert source.apply([]) == data
    with pytest.raises(ValueError, match="cannot be kept as they are"):
        source.apply([Edit(Span(0, 0), "\n")])
