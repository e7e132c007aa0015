"""Which questions a comment settles, and which comments settle none."""

from __future__ import annotations

import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triptych_lint.lexer import LogicalLine, logical_lines, statement_lines
from triptych_lint.model import Diagnostic, Severity, Span
from triptych_lint.source import Source
from triptych_lint.suppress import Suppressions


def asked(source: Source, at: str, code: str = "TRP201", name: str = "unseeded-rng") -> Diagnostic:
    start = source.text.index(at)
    span = Span(start, start + len(at))
    region = source.region(span)
    return Diagnostic(code, name, region, span, "Did we seed?", "Unseeded.", Severity.WARNING)


def settles(text: str, at: str = "draw", code: str = "TRP201", name: str = "unseeded-rng") -> bool:
    """Whether the comments of ``text`` settle a question that is asked at ``at``."""
    source = Source.from_bytes(text.encode(), "train.py")
    return Suppressions.of(source).covers(asked(source, at, code, name))


def unused(text: str, *codes: str) -> list[tuple[str, str]]:
    """The comments, and what they name in vain, after questions at ``draw``."""
    source = Source.from_bytes(text.encode(), "train.py")
    suppressions = Suppressions.of(source)
    for code in codes:
        suppressions.covers(asked(source, "draw", code))
    return [(text[u.span.start : u.span.end], u.name) for u in suppressions.unused()]


# What is named


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa",
        "#noqa",
        "# NOQA",
        "# noqa: TRP201",
        "# noqa:TRP201",
        "# noqa: trp201",
        "# noqa: TRP2",
        "# noqa: E501, TRP201",
        "# noqa: E501,TRP201",
        "# noqa: E501 TRP201",
        "# noqa: TRP201 since the order does not matter",
        "# noqa: unseeded-rng",
        "# type: ignore  # noqa: TRP201",
        "# noqa: E501  # noqa: TRP201",
        "# triptych-lint: ignore",
        "# triptych-lint: ignore the order does not matter",
        "# triptych-lint: ignore[TRP201]",
        "# triptych-lint: ignore[TRP201] the order does not matter",
        "# triptych-lint: ignore[TRP2] all of the family",
        "# triptych-lint: ignore[TRP301, TRP201]",
        "# triptych-lint: ignore[unseeded-rng]",
        "# triptych-lint:ignore [ TRP201 ]",
        "# see above # triptych-lint: ignore[TRP201]",
    ],
)
def test_a_comment_settles_the_question_of_its_line(comment: str) -> None:
    assert settles(f"x = draw()  {comment}\ny = later()\n")
    assert not settles(f"x = draw()  {comment}\ny = later()\n", "later")


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa: E501",
        "# noqa: TRP301",
        "# noqa: TRP301, seed-after-use",
        "# noqaTRP201",
        "# no qa: TRP201",
        "# flake8: noqa",
        "# flake8: noqa: TRP201",
        "# triptych-lint: ignore[TRP301]",
        "# triptych-lint: ignore[]",
        "# triptych-lint: ignored",
        "# triptych-lint ignore[TRP201]",
        "# pylint: ignore[TRP201]",
    ],
)
def test_a_comment_settles_only_what_it_names(comment: str) -> None:
    assert not settles(f"x = draw()  {comment}\n")


def test_a_comment_within_a_string_is_none() -> None:
    assert not settles("x = draw('# noqa')\n")
    assert not settles('"""\n# triptych-lint: ignore-file\n# flake8: noqa\n"""\nx = draw()\n')
    assert settles("x = draw('#')  # noqa\n")


# What is covered

CALL = """\
first()
x = call(  {first}
    draw(),  {middle}
    other(),
    # own row
    {own}
    more(),
)  {last}
after()
"""


def call(**comments: str) -> str:
    return CALL.format(**{"first": "", "middle": "", "own": "", "last": "", **comments})


@pytest.mark.parametrize("comment", ["# noqa: TRP201", "# triptych-lint: ignore[TRP201]"])
@pytest.mark.parametrize("row", ["first", "last"])
def test_the_first_and_the_last_row_speak_for_the_whole_statement(row: str, comment: str) -> None:
    text = call(**{row: comment})
    assert settles(text, "call")
    assert settles(text, "draw")
    assert settles(text, "more")
    assert not settles(text, "first()")
    assert not settles(text, "after")


@pytest.mark.parametrize("comment", ["# noqa: TRP201", "# triptych-lint: ignore[TRP201]"])
def test_a_row_in_the_middle_speaks_for_itself(comment: str) -> None:
    text = call(middle=comment)
    assert settles(text, "draw")
    assert not settles(text, "call")
    assert not settles(text, "other")


def test_a_row_of_its_own_within_a_statement_speaks_for_the_next_row() -> None:
    text = call(own="# triptych-lint: ignore[TRP201]")
    assert settles(text, "more")
    assert not settles(text, "other")
    assert not settles(text, "call")


def test_a_row_of_its_own_speaks_for_the_next_statement() -> None:
    text = (
        "before()\n# triptych-lint: ignore[TRP201] why\n\n# a word\nx = call(\n  draw(),\n)\ny()\n"
    )
    assert settles(text, "call")
    assert settles(text, "draw")
    assert not settles(text, "before")
    assert not settles(text, "y()")


def test_a_row_of_its_own_speaks_for_a_head_but_not_for_its_block() -> None:
    text = "# triptych-lint: ignore\n@jit\n@cache\ndef f(x=draw()):\n    return later()\n"
    assert settles(text, "jit")
    assert settles(text, "draw")
    assert not settles(text, "later")


def test_nothing_follows_a_comment_at_the_end() -> None:
    assert not settles("x = draw()\n# triptych-lint: ignore")
    assert not settles("x = f(draw(),\n# triptych-lint: ignore\n)", "draw")


def test_a_noqa_on_a_row_of_its_own_speaks_for_nothing_else() -> None:
    assert not settles("# noqa: TRP201\nx = draw()\n")


def test_a_statement_goes_on_behind_a_backslash_and_within_a_string() -> None:
    assert settles("x = \\\n  draw()  # noqa\n")
    assert settles("x = '''\n\n''' + draw()  # noqa\n", "x = ")


@pytest.mark.parametrize(
    "comment",
    [
        "# triptych-lint: ignore-file",
        "# triptych-lint: ignore-file[TRP201] made data",
        "# triptych-lint: ignore-file[unseeded-rng, TRP3]",
        "# flake8: noqa",
        "# flake8: noqa: TRP201",
        "# flake8: noqa: E501, TRP2",
        "#flake8=NOQA",
    ],
)
@pytest.mark.parametrize("text", ["{}\nx = draw()\n", "x = draw()\n\nif y:\n    {}\n    z()\n"])
def test_a_comment_speaks_for_the_file_from_anywhere(text: str, comment: str) -> None:
    assert settles(text.format(comment))
    assert settles(text.format(comment), code="TRP401", name="other") is ("TRP" not in comment)


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_other_newlines_make_rows_as_well(newline: str) -> None:
    text = "\x0cx = draw('\u2028')  # noqa\ny = later()  # triptych-lint: ignore[E501]\n"
    text = text.replace("\n", newline)
    assert settles(text)
    assert not settles(text, "later")


@pytest.mark.parametrize(
    "broken", ["x = (", "x = '''", "  x = 1\n y = 2", "x = 'a", "x = )", "x = 1__0$?!", "\\"]
)
def test_a_text_that_is_no_python_still_has_comments(broken: str) -> None:
    assert settles(f"x = draw()  # noqa: TRP201\n{broken}\n")


@pytest.mark.skipif(sys.version_info < (3, 12), reason="such quotes end the string before 3.12")
def test_quotes_within_an_f_string_do_not_hide_where_statements_end() -> None:
    assert not settles('f"{d["("]}"\nx = draw()\ny()  # noqa\n')


def test_a_cell_is_settled_by_its_own_comments() -> None:
    cells = ["x = draw()", "y = later()  # noqa", "%time z() # noqa\nw = 1"]
    content = [{"cell_type": "code", "metadata": {}, "source": cell} for cell in cells]
    data = json.dumps({"cells": content, "metadata": {}, "nbformat": 4}).encode()
    source = Source.from_bytes(data, "train.ipynb")
    suppressions = Suppressions.of(source)
    assert not suppressions.covers(asked(source, "draw"))
    assert suppressions.covers(asked(source, "later"))
    assert not suppressions.covers(asked(source, "w = "))


# What was in vain


def test_what_was_needed_is_not_reported() -> None:
    assert unused("draw()  # noqa: TRP201, E501\n", "TRP201") == []
    assert unused("draw()  # triptych-lint: ignore\n", "TRP201") == []
    assert unused("# triptych-lint: ignore-file[TRP2]\ndraw()\n", "TRP202") == []


def test_what_was_in_vain_is_reported_by_name() -> None:
    both = "# triptych-lint: ignore[TRP201, shared-id-split] why"
    assert unused(f"draw()  {both}\n", "TRP201") == [(both, "shared-id-split")]
    assert unused("draw()  # noqa: TRP301\n", "TRP201") == [("# noqa: TRP301", "TRP301")]
    assert unused("# triptych-lint: ignore\ndraw()\n") == [("# triptych-lint: ignore", "")]


def test_what_other_tools_may_need_is_not_reported() -> None:
    assert unused("draw()  # noqa\nx = 1  # noqa: E501,W1\n") == []
    assert unused("# flake8: noqa\ndraw()\n") == []


def test_all_comments_that_settle_a_question_were_needed() -> None:
    text = "# triptych-lint: ignore-file[TRP2]\ndraw()  # triptych-lint: ignore[TRP201]\n"
    assert unused(text, "TRP201") == []


# Where statements end

STATEMENTS = st.lists(
    st.sampled_from(
        [
            "x = 1\n",
            "\n",
            "  \n",
            "# word\n",
            "x = f(a,  # one\n  b)  # two\n",
            "x = '#'  # three\n",
            'y = """\n# no\n"""\n',
            "z = [\n  # four\n\n  1,\n]\n",
            "if a:\n    b = \\\n      c\n    # five\n",
            "x = 'it''s'; y = \"\\\"\"\r\n",
            "@d\ndef f(): return {'a': '}'}\n",
        ]
    ),
    max_size=8,
).map("".join)


@given(STATEMENTS, st.booleans())
def test_valid_python_is_cut_as_the_tokenizer_cuts_it(text: str, ended: bool) -> None:
    """The fallback for texts that Python cannot read agrees with Python on those that it can."""
    text = text if ended else text.removesuffix("\n").removesuffix("\r")

    def comparable(lines: list[LogicalLine]) -> list[tuple[str, tuple[Span, ...]]]:
        found = [(text[line.span.start : line.span.end], line.comments) for line in lines]
        return [line for line in found if line[0].strip()]

    assert comparable(list(logical_lines(text))) == comparable(statement_lines(text))


def test_a_bracket_that_closes_nothing_does_not_open_the_next_statement() -> None:
    text = "x = )\ny = (1,\n  2)\n"
    lines = [text[line.span.start : line.span.end] for line in logical_lines(text)]
    assert lines == ["x = )", "y = (1,\n  2)"]


@given(st.text(st.sampled_from("x=1'\"#([{)]}\\\n\r \t\f"), max_size=40))
def test_any_text_is_cut_into_rows_that_follow_each_other(text: str) -> None:
    lines = list(logical_lines(text))
    assert "".join(text[line.span.start : line.next] for line in lines) == text
    for line in lines:
        assert all(line.span.start <= c.start < c.end <= line.span.end for c in line.comments)
