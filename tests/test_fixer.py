"""Fixes are applied together where they can be, and checked before others build on them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notebooks import notebook

from triptych_lint.fixer import fix_source, plan
from triptych_lint.model import (
    Diagnostic,
    Edit,
    FileReport,
    Fix,
    Problem,
    Safety,
    Severity,
    Span,
)
from triptych_lint.source import Source

Offer = Callable[[Source, int], list[Edit] | None]


def script(text: str) -> Source:
    return Source.from_bytes(text.encode(), "train.py")


def asked(
    source: Source,
    span: Span,
    edits: list[Edit] | None,
    *,
    code: str = "TRP201",
    safety: Safety = Safety.SAFE,
) -> Diagnostic:
    fix = None if edits is None else Fix(safety, "seed it", tuple(edits))
    region = source.region(span)
    return Diagnostic(
        code, "unseeded-rng", region, span, "Did we seed?", "?", Severity.WARNING, fix=fix
    )


def linter(word: str, offer: Offer, **more: object) -> Callable[[Source], FileReport]:
    """Asks about every ``word``; ``offer`` gives the edits that it would make there."""

    def lint(source: Source) -> FileReport:
        found = [
            asked(source, Span(*match.span()), offer(source, match.start()), **more)  # type: ignore[arg-type]
            for match in re.finditer(rf"\b{word}\b", source.text)
        ]
        return FileReport(source.path, source, found)

    return lint


def rename(source: Source, start: int) -> list[Edit]:
    return [Edit(Span(start, start + 3), "new")]


# Which fixes go together


def report(*offers: list[Edit] | None, safety: Safety = Safety.SAFE) -> FileReport:
    source = script("".join(f"line{n}\n" for n in range(1, 9)))
    spans = [Span(6 * n, 6 * n + 5) for n in range(len(offers))]
    found = [
        asked(source, span, offer, safety=safety) for span, offer in zip(spans, offers, strict=True)
    ]
    return FileReport(source.path, source, found[::-1])


IMPORT = Edit(Span(0, 0), "import torch\n")


def test_fixes_are_planned_by_place() -> None:
    found = report([Edit(Span(40, 41), "a")], [Edit(Span(3, 4), "b")])
    chosen = plan(found, unsafe=False)
    assert [d.span.start for d in chosen.diagnostics] == [0, 6]
    assert chosen.edits == (Edit(Span(40, 41), "a"), Edit(Span(3, 4), "b"))


@pytest.mark.parametrize(
    "other", [Span(10, 20), Span(12, 13), Span(5, 10), Span(20, 25), Span(20, 20), Span(5, 30)]
)
def test_a_fix_that_touches_another_waits(other: Span) -> None:
    found = report([Edit(Span(10, 20), "a")], [Edit(Span(30, 31), "c"), Edit(other, "b")])
    chosen = plan(found, unsafe=False)
    assert [d.span.start for d in chosen.diagnostics] == [0]
    assert chosen.edits == (Edit(Span(10, 20), "a"),)


def test_an_edit_that_two_fixes_share_is_made_once() -> None:
    first, second = Edit(Span(8, 8), "a"), Edit(Span(20, 20), "b")
    chosen = plan(report([IMPORT, first], [IMPORT, second], [IMPORT]), unsafe=False)
    assert len(chosen.diagnostics) == 3
    assert chosen.edits == (IMPORT, first, second)


@pytest.mark.parametrize(
    ("safety", "unsafe", "applied"),
    [
        (Safety.SAFE, False, True),
        (Safety.SAFE, True, True),
        (Safety.UNSAFE, False, False),
        (Safety.UNSAFE, True, True),
        (Safety.DISPLAY, True, False),
    ],
)
def test_only_fixes_that_are_safe_enough_are_planned(
    safety: Safety, unsafe: bool, applied: bool
) -> None:
    assert bool(plan(report([IMPORT], safety=safety), unsafe=unsafe).edits) is applied


def test_what_offers_no_edit_is_not_planned() -> None:
    assert plan(report(None, []), unsafe=True).diagnostics == ()


# Fixing


def test_everything_is_fixed_and_counted() -> None:
    source = script("old = 1\r\nx = old\r\n")
    result = fix_source(source, linter("old", rename), unsafe=False)
    assert result.data == b"new = 1\r\nx = new\r\n"
    assert [d.region.start.row for d in result.fixed] == [1, 2]
    assert result.report.diagnostics == []
    assert result.problems == []


def test_without_a_fix_the_bytes_are_the_same() -> None:
    data = b"\xef\xbb\xbfold = 1\r\n"
    source = Source.from_bytes(data, "train.py")
    result = fix_source(source, linter("old", lambda *_: None), unsafe=True)
    assert result.data == data
    assert result.fixed == []
    assert len(result.report.diagnostics) == 1


def test_fixes_that_touch_take_turns() -> None:
    source = script("old;old;old\n")

    def with_semicolon(source: Source, start: int) -> list[Edit]:
        end = start + 3 + source.text.startswith(";", start + 3)
        return [Edit(Span(start, end), "new;")]

    result = fix_source(source, linter("old", with_semicolon), unsafe=False)
    assert result.data == b"new;new;new;\n"
    assert len(result.fixed) == 3


def test_a_fix_that_breaks_the_text_is_taken_back_and_the_others_stay() -> None:
    source = script("old = 1\nx = (old)\nz = old\n")

    def unbalanced(source: Source, start: int) -> list[Edit]:
        return [Edit(Span(start, start + 3), "new)" if source.text[start - 1] == "(" else "new")]

    result = fix_source(source, linter("old", unbalanced), unsafe=False)
    assert result.data == b"new = 1\nx = (old)\nz = new\n"
    assert [d.region.start.row for d in result.fixed] == [1, 3]
    assert result.problems == [
        Problem(
            "train.py",
            "line 2: the fix for TRP201 was taken back: the result would not be valid Python",
        )
    ]
    (left,) = result.report.diagnostics
    assert left.fix is None


def test_a_question_that_would_still_be_asked_is_left_alone() -> None:
    source = script("a = 1\nold = 2\nb = old\n")

    def useless(source: Source, start: int) -> list[Edit]:
        if source.text[start - 2 : start] == "= ":
            return rename(source, start)
        return [Edit(Span(0, 0), "# seeded\n")]

    result = fix_source(source, linter("old", useless), unsafe=False)
    assert result.data == b"a = 1\nold = 2\nb = new\n"
    (problem,) = result.problems
    assert problem.message == (
        "line 2: the fix for TRP201 was taken back: the question would still be asked"
    )


def test_a_question_is_known_again_where_the_fix_moved_it() -> None:
    """The text grows above the finding, at it and by other newlines; it is still the same one."""
    source = script("a = 1\r\nb = old\r\n")

    def useless(source: Source, start: int) -> list[Edit]:
        above = Edit(Span(7, 7), "c = 1\nd = 2\n")
        return [Edit(Span(0, 1), "aaa"), above, Edit(Span(start, start), "1 + ")]

    result = fix_source(source, linter("old", useless), unsafe=False)
    assert result.data == source.data
    assert len(result.problems) == 1


@pytest.mark.parametrize(
    "useless",
    [
        pytest.param(Edit(Span(2, 4), "22+"), id="what ends where it starts changes"),
        pytest.param(Edit(Span(4, 4), "x"), id="it starts with the inserted text"),
        pytest.param(Edit(Span(4, 5), "xxo"), id="its start is replaced"),
        pytest.param(Edit(Span(2, 5), "2+xo"), id="its start is replaced with more"),
    ],
)
def test_a_question_is_known_again_where_the_fix_stands_beside_it(useless: Edit) -> None:
    source = script("a=1+old\n")
    lint = linter("x*old", lambda *_: [useless])
    result = fix_source(source, lint, unsafe=False)
    assert result.data == source.data
    assert len(result.problems) == 1


def test_two_questions_at_one_place_are_told_apart() -> None:
    def lint(source: Source) -> FileReport:
        at = Span(source.text.index("draw"), source.text.index("draw") + 4)
        found = [
            asked(source, at, [Edit(Span(0, 0), f"seed_{stream}()\n")])
            for stream in ("numpy", "torch")
            if f"seed_{stream}" not in source.text
        ]
        return FileReport(source.path, source, found)

    result = fix_source(script("draw()\n"), lint, unsafe=False)
    assert result.data == b"seed_torch()\nseed_numpy()\ndraw()\n"
    assert len(result.fixed) == 2
    assert result.problems == []


def test_a_refused_fix_stays_refused_when_others_move_it() -> None:
    source = script("x = (old)\ny = old;z = old\n")

    def offer(source: Source, start: int) -> list[Edit]:
        if source.text[start - 1] == "(":
            return [Edit(Span(start, start), "(")]
        return [Edit(Span(0, 0), "w = 1\n"), *rename(source, start)]

    result = fix_source(source, linter("old", offer), unsafe=False)
    assert result.data.endswith(b"x = (old)\ny = new;z = new\n")
    assert len(result.problems) == 1
    assert [d.fix for d in result.report.diagnostics] == [None]


def test_fixes_that_only_fail_together_are_made_one_by_one() -> None:
    """Either parameter may take the new name, but not both."""
    source = script("def f(old_1, old_2): pass\n")
    offer: Offer = lambda source, start: [Edit(Span(start, start + 5), "new")]  # noqa: E731
    result = fix_source(source, linter(r"old_\d", offer), unsafe=False)
    assert result.data == b"def f(new, old_2): pass\n"
    assert len(result.fixed) == len(result.problems) == 1


def test_a_fix_after_which_the_file_cannot_be_linted_is_taken_back() -> None:
    def lint(source: Source) -> FileReport:
        found = linter("old", rename)(source)
        if "new" in source.text:
            found.problems.append(Problem("train.py", "too deeply nested"))
        return found

    result = fix_source(script("old\n"), lint, unsafe=False)
    assert result.data == b"old\n"
    assert [p.message.rpartition(": ")[2] for p in result.problems] == ["too deeply nested"]


def test_an_edit_that_cannot_be_made_is_reported() -> None:
    source = Source.from_bytes(b"# coding: ascii\nold\n", "train.py")
    offer: Offer = lambda source, start: [Edit(Span(start, start + 3), "n\u00e9w")]  # noqa: E731
    result = fix_source(source, linter("old", offer), unsafe=False)
    assert result.data == source.data
    (problem,) = result.problems
    assert problem.message.endswith(r"ascii cannot represent '\xe9'")


def test_a_text_that_this_python_cannot_compile_can_be_fixed() -> None:
    """The linter may know a newer syntax than the Python that it runs on."""
    result = fix_source(script("print 1\nold\n"), linter("old", rename), unsafe=False)
    assert result.data == b"print 1\nnew\n"


def test_rounds_come_to_an_end() -> None:
    def growing(source: Source, start: int) -> list[Edit]:
        end = len(source.text)
        return [*rename(source, start), Edit(Span(end, end), "old\n")]

    result = fix_source(script("old\n"), linter("old", growing), unsafe=False, max_rounds=3)
    assert result.data == b"new\nnew\nnew\nold\n"
    assert [problem.message for problem in result.problems] == [
        "1 left to fix after 3 rounds: run it once more"
    ]


@given(st.lists(st.sampled_from(["old", "x = old", "y = 1", "f(old, old)", "if a: old"])))
def test_fixing_twice_changes_nothing_more(lines: list[str]) -> None:
    source = script("\n".join(lines))
    once = fix_source(source, linter("old", rename), unsafe=False)
    assert once.data.decode() == source.text.replace("old", "new")
    again = Source.from_bytes(once.data, "train.py")
    twice = fix_source(again, linter("old", rename), unsafe=False)
    assert (twice.data, twice.fixed) == (once.data, [])


# Notebooks


def test_each_cell_of_a_notebook_must_stay_valid() -> None:
    """Across two cells the brackets would match, so that the joined text would compile."""
    source = notebook("x = [old]", "y = [old]", "await old")

    def crossing(source: Source, start: int) -> list[Edit]:
        second = source.text.index("\ny") + 1
        if start > second + 9:
            return rename(source, start)
        return [Edit(Span(8, 9), ", "), Edit(Span(second, second), "1] + [")]

    result = fix_source(source, linter("old", crossing), unsafe=False)
    assert [cell for _, cell in Source.from_bytes(result.data, "a.ipynb").shown_cells()] == [
        "x = [old]",
        "y = [old]",
        "await new",
    ]
    assert len(result.problems) == 2
    assert result.problems[0].message.startswith("cell 1, line 1: the fix for TRP201")


def test_a_cell_that_awaits_is_checked_as_well() -> None:
    source = notebook("await old")
    offer: Offer = lambda source, start: [Edit(Span(start, start + 3), "new)")]  # noqa: E731
    assert fix_source(source, linter("old", offer), unsafe=False).data == source.data
