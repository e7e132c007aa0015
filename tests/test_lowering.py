"""What Python's tree becomes: offsets in characters, whatever the text, and the same nodes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import libcst as cst
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider

from fixtures import ROOT
from triptych_lint import tree as t
from triptych_lint.model import Span
from triptych_lint.module import Module
from triptych_lint.source import Source

STATEMENTS = get_args(t.Stmt)


def module(text: str) -> Module:
    return Module(Source(text.encode(), "script.py"))


def nodes(item: object) -> Iterator[t.Node]:
    if isinstance(item, t.Node):
        yield item
    if isinstance(item, (t.Node, t.Param)):
        for name in item.__dataclass_fields__:
            yield from nodes(getattr(item, name))
    elif isinstance(item, tuple):
        for part in item:
            yield from nodes(part)


def written(text: str, *kinds: type) -> list[str]:
    """The text of each node of these kinds, in order."""
    found = module(text)
    return [found.text(node) for node in nodes(found.body) if isinstance(node, kinds)]


class _Places(cst.CSTVisitor):
    """Where LibCST finds statements, calls and names."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, source: Source) -> None:
        super().__init__()
        self.source = source
        self.statements: set[Span] = set()
        self.calls: set[Span] = set()
        self.names: set[Span] = set()

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, (cst.BaseSmallStatement, cst.BaseCompoundStatement)):
            self.statements.add(self._span(node))
        elif isinstance(node, cst.Call):
            self.calls.add(self._span(node))
        elif isinstance(node, cst.Name):
            self.names.add(self._span(node))
        return True

    def _span(self, node: cst.CSTNode) -> Span:
        place: Any = self.get_metadata(PositionProvider, node)
        start, end = place.start, place.end
        offset = self.source.offset
        return Span(offset(start.line, start.column), offset(end.line, end.column))


SCRIPTS = sorted(path for path in ROOT.rglob("*.py") if path.is_file())


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_offsets_are_those_of_an_independent_parser(path: Path) -> None:
    source = Source.read(path)
    places = _Places(source)
    MetadataWrapper(cst.parse_module(source.text), unsafe_skip_copy=True).visit(places)
    found = list(nodes(Module(source).body))

    def spans(*kinds: type) -> set[Span]:
        return {node.span for node in found if isinstance(node, kinds)}

    # A lambda is lowered to a definition and a return that nobody wrote.
    made = [(n.function, *n.function.body) for n in found if isinstance(n, t.Lambda)]
    unwritten = {id(node) for pair in made for node in pair}
    statements = [n for n in found if isinstance(n, STATEMENTS) and id(n) not in unwritten]
    assert {node.span for node in statements} == places.statements
    defined = {node.name_span for node in statements if isinstance(node, (t.Def, t.Class))}
    assert spans(t.Name) | defined <= places.names
    assert spans(t.Call) <= places.calls
    # Nobody follows what an assertion says, or what kinds of errors are caught.
    assert len(spans(t.Call)) >= 0.9 * len(places.calls)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "lead",
    [
        "",
        "# caf\u00e9\n",
        "s = '\U0001f680'; ",
        "\x0c\n",
        'text = """\u2028\x0b\x1c\n\u00e9"""; ',
    ],
)
def test_columns_are_characters_and_rows_break_as_python_breaks_them(
    newline: str, lead: str
) -> None:
    text = f"{lead}f('\u00e9', g(1))\nif x:\n\tg(\\\n 2); g('\u00fc')\n\x0cg(3)\n"
    expected = ["f('\u00e9', g(1))", "g(1)", f"g(\\{newline} 2)", "g('\u00fc')", "g(3)"]
    assert written(text.replace("\n", newline), t.Call) == expected


def test_the_name_of_a_definition_has_a_place() -> None:
    found = module("@a(1)\nasync  def \\\n f(): pass\n\nclass\tC: pass\n\ndef d(x=1): pass\n")
    spans = [node.name_span for node in found.body if isinstance(node, (t.Def, t.Class))]
    assert [found.source.text[span.start : span.end] for span in spans] == ["f", "C", "d"]
    assert found.text(found.body[0]).startswith("async")


def test_brackets_that_group_are_left_out_and_those_of_tuples_are_not() -> None:
    assert written("x = (a + b)\n", t.Bin) == ["a + b"]
    found = written("f((1, 2), x[1, 2:3], (i for i in y))\n", t.Seq, t.Comp)
    assert found == ["(1, 2)", "1, 2:3", "(i for i in y)"]
    assert written("f((1), k=(2), *(a), **(b))\n", t.Arg) == ["1", "k=(2)", "*(a)", "**(b)"]


def test_arguments_keep_their_order() -> None:
    (call,) = (n for n in nodes(module("f(a, x=1, *b, **c)\n").body) if isinstance(n, t.Call))
    found = [(arg.keyword, arg.star) for arg in call.args]
    assert found == [(None, ""), ("x", ""), (None, "*"), (None, "**")]


def test_parameters_and_their_defaults() -> None:
    (function,) = module("def f(a, b=1, /, c=2, *d, e, g=3, **h): pass\n").body
    assert isinstance(function, t.Def)
    assert [(p.name, p.kind, p.default is not None) for p in function.params] == [
        ("a", "", False),
        ("b", "", True),
        ("c", "", True),
        ("d", "*", False),
        ("e", "kw", False),
        ("g", "kw", True),
        ("h", "**", False),
    ]


def test_what_stands_in_a_formatted_string_has_its_own_place() -> None:
    text = 'x = f"""\u00e9 {f(1):>{w}}\n {g(2)!r}""" "b" f"{h(3)}"\n'
    assert written(text, t.Call) == ["f(1)", "g(2)", "h(3)"]


def test_chained_conditions_lean_left() -> None:
    (statement,) = module("a and b and (c)\n").body
    assert isinstance(statement, t.ExprStmt)
    outer = statement.value
    assert isinstance(outer, t.Bool)
    assert isinstance(outer.left, t.Bool)
    assert isinstance(outer.right, t.Name)


def test_a_generator_is_one_by_its_own_yield() -> None:
    text = (
        "def f():\n    def g():\n        yield 1\n    return g\n\nasync def h():\n    x = yield\n"
    )
    found = {n.name: n.is_generator for n in nodes(module(text).body) if isinstance(n, t.Def)}
    assert found == {"f": False, "g": True, "h": True}


EVERYTHING = """\
match point:
    case [x, y]:
        print(x)
    case _:
        pass
async def main():
    async with a as b, c:
        async for i in d:
            await e
    global n
    del i, b.c
    try:
        pass
    except* ValueError as error:
        raise
    return lambda *a, k=1, **b: (yield)
print([i for i in x if i], {j: k for j, k in y}, {*l}, {**m}, [*o], (p := 1), ..., -q, x[::2])
if a < b <= c: pass
elif not d: pass
else: x: int = 1; x += 1
"""


def test_the_rest_of_the_language_is_read() -> None:
    text = EVERYTHING if sys.version_info >= (3, 11) else EVERYTHING.replace("except*", "except")
    kinds = [type(statement).__name__ for statement in module(text).body]
    assert kinds == ["Match", "Def", "ExprStmt", "If"]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="newer syntax")
def test_types_are_of_no_interest() -> None:
    (function,) = module("type A = int\ndef f[T](x: T) -> A: pass\n").body
    assert isinstance(function, t.Def)
