"""Lines that only IPython understands are hidden, and nothing else is."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notebooks import notebook, sources

from triptych_lint.magics import mask
from triptych_lint.model import Edit, Position, Span

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


def test_a_timing_magic_that_does_not_come_first_holds_nothing_down() -> None:
    source = notebook("x = 1\n%%time\ny = 2")
    assert sources(source.apply([Edit(Span(0, 0), "w = 0\n")])) == ["w = 0\nx = 1\n%%time\ny = 2"]


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
    ast.parse(masked.text)
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
