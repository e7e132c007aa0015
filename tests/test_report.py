"""What people and programs read. Snapshots are kept to be looked at: see ``__snapshots__``."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from syrupy.assertion import SnapshotAssertion

from triptych_lint.model import (
    Diagnostic,
    Edit,
    Evidence,
    FileReport,
    Fix,
    Safety,
    Severity,
    Span,
)
from triptych_lint.report import render
from triptych_lint.report.look import Look
from triptych_lint.report.summary import statistics, summary
from triptych_lint.session import Tally
from triptych_lint.source import Source

SCRIPT = """\
import random

import numpy as np
import torch
from torch import nn


def main(args):
    torch.manual_seed(args.seed)
    frame = load(args.data)

    order = np.random.permutation(len(frame))
    train, test = frame[order[:800]], frame[order[800:]]
    model = nn.Linear(30, 2)
"""

HELPER = "import random\n\n\ndef set_seed(seed):\n    random.seed(seed)\n"


def span(source: Source, text: str) -> Span:
    start = source.text.index(text)
    return Span(start, start + len(text))


def evidence(source: Source, text: str, message: str) -> Evidence:
    return Evidence(source.region(span(source, text)), message)


def asked(
    source: Source,
    text: str,
    *,
    question: str = "Did we seed numpy? `np.random.permutation` draws before any seed.",
    severity: Severity = Severity.WARNING,
    evidence: Sequence[Evidence] = (),
    fix: Fix | None = None,
    skill: str | None = "pytorch-internals",
) -> Diagnostic:
    place = span(source, text)
    return Diagnostic(
        code="TRP201",
        name="unseeded-rng",
        region=source.region(place),
        span=place,
        question=question,
        message="`np.random.permutation` draws, and nothing seeds numpy.",
        severity=severity,
        evidence=tuple(evidence),
        fix=fix,
        url="https://example.org/rules/trp201",
        skill=skill,
    )


def full(source: Source, *diagnostics: Diagnostic, look: Look | None = None) -> str:
    report = FileReport(source.path, source, list(diagnostics))
    return "".join(render("full", [report], look or Look()))


def script(text: str = SCRIPT, path: str = "train.py") -> Source:
    return Source.from_bytes(text.encode(), path)


def unseeded(source: Source, *more: Evidence) -> Diagnostic:
    before = source.text.index("    frame = load")
    seed = Edit(Span(before, before), "    np.random.seed(args.seed)\n")
    return asked(
        source,
        "np.random.permutation(len(frame))",
        evidence=[
            evidence(source, "torch.manual_seed(args.seed)", "seeds torch only"),
            evidence(source, "np.random.permutation(len(frame))", "numpy is drawn from here"),
            *more,
        ],
        fix=Fix(Safety.UNSAFE, "seed numpy beside torch", (seed,)),
    )


def test_a_question_shows_its_evidence_and_its_fix(snapshot: SnapshotAssertion) -> None:
    source = script()
    assert full(source, unseeded(source)) == snapshot


def test_evidence_in_another_file_has_a_block_of_its_own(
    snapshot: SnapshotAssertion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("seeding.py").write_text(HELPER)
    helper = Source.read(Path("seeding.py"), "seeding.py")
    gone = Source.from_bytes(HELPER.encode(), "gone.py")
    source = script()
    more = [
        evidence(helper, "random.seed(seed)", "seeds Python's random, not numpy"),
        evidence(gone, "def set_seed", "this file has vanished since"),
    ]
    assert full(source, unseeded(source, *more)) == snapshot


def test_far_evidence_leaves_a_gap(snapshot: SnapshotAssertion) -> None:
    source = script()
    question = asked(
        source,
        "nn.Linear(30, 2)",
        severity=Severity.NOTE,
        skill=None,
        evidence=[evidence(source, "import random", "imported, and never seeded")],
    )
    assert full(source, question) == snapshot


def test_several_labels_on_one_line_hang_below_each_other(snapshot: SnapshotAssertion) -> None:
    source = script("train, test = train_test_split(frame, stratify=frame.patient_id)\n")
    question = asked(
        source,
        "train_test_split",
        question="Can one patient be on both sides?",
        evidence=[
            evidence(source, "train_test_split", "split by row"),
            evidence(source, "stratify", "balances, and does not group"),
            evidence(source, "frame.patient_id", "the id"),
        ],
    )
    assert full(source, question) == snapshot


def test_tabs_and_wide_characters_keep_underlines_in_place(snapshot: SnapshotAssertion) -> None:
    source = script('if go:\n\tname = "学習 🚀"; model = nn.Linear(1, 2)\t# x\n')
    question = asked(
        source, "nn.Linear(1, 2)", evidence=[evidence(source, "学習", "wide characters")]
    )
    assert full(source, question) == snapshot


def test_long_lines_are_cut_around_what_matters(snapshot: SnapshotAssertion) -> None:
    source = script(f"x = [{'1, ' * 200}]; y = nn.Linear(1, 2); z = [{'2, ' * 200}]\n")
    place = span(source, "Linear(1, 2)")
    fix = Fix(Safety.SAFE, "use three outputs", (Edit(place, "Linear(1, 3)"),))
    text = full(source, asked(source, "nn.Linear(1, 2)", fix=fix))
    assert max(map(len, text.splitlines())) <= 100
    assert text == snapshot


def test_a_fix_at_both_ends_of_a_file_shows_both(snapshot: SnapshotAssertion) -> None:
    source = script()
    edits = (
        Edit(span(source, "import random\n"), ""),
        Edit(Span(len(source.text), len(source.text)), "    print(model)\n"),
    )
    fix = Fix(Safety.DISPLAY, "drop what is not used", edits)
    assert full(source, asked(source, "nn.Linear(30, 2)", fix=fix)) == snapshot


def notebook() -> Source:
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Churn"]},
        {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": ["import numpy as np\n", "import torch\n", "torch.manual_seed(0)"],
        },
        {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": ["order = np.random.permutation(10)"],
        },
    ]
    kernel = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    book = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    return Source.from_bytes(json.dumps(book, indent=1).encode(), "churn.ipynb")


def unseeded_notebook(source: Source) -> Diagnostic:
    end = source.text.index("torch.manual_seed(0)") + len("torch.manual_seed(0)")
    fix = Fix(Safety.UNSAFE, "seed numpy", (Edit(Span(end, end), "\nnp.random.seed(0)"),))
    return asked(
        source,
        "np.random.permutation(10)",
        evidence=[evidence(source, "torch.manual_seed(0)", "seeds torch only")],
        fix=fix,
    )


def test_notebooks_are_shown_by_cell(snapshot: SnapshotAssertion) -> None:
    source = notebook()
    report = FileReport(source.path, source, [unseeded_notebook(source)])
    assert "".join(render("full", [report], Look())) == snapshot
    assert "".join(render("concise", [report], Look())) == snapshot
    assert "".join(render("json", [report], Look())) == snapshot


def test_a_terminal_without_unicode_gets_plain_characters(snapshot: SnapshotAssertion) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    source = script()
    text = full(source, unseeded(source), look=Look.of(stream))
    assert text.isascii()
    assert text == snapshot


def test_a_narrow_terminal_wraps_the_question_and_the_labels(snapshot: SnapshotAssertion) -> None:
    source = script()
    assert full(source, unseeded(source), look=Look(width=48)) == snapshot


def test_colours_change_nothing_but_colours() -> None:
    source = script()
    coloured = full(source, unseeded(source), look=Look(colour=True))
    assert "\x1b[" in coloured
    assert _uncoloured(coloured) == full(source, unseeded(source))


def _uncoloured(text: str) -> str:
    import re

    return re.sub(r"\x1b\]8;;.*?\x1b\\|\x1b\[[0-9;]*m", "", text)


def test_what_a_source_holds_never_drives_the_terminal() -> None:
    source = script('title = "\x1b[2J\x1b]0;owned\x07"; model = nn.Linear(1, 2)\n')
    assert "\x1b" not in full(source, asked(source, "nn.Linear(1, 2)"))


CODE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=400)


@given(text=CODE, look=st.builds(Look, width=st.integers(60, 120)), data=st.data())
def test_any_text_is_shown_in_the_width_that_there_is(
    text: str, look: Look, data: st.DataObject
) -> None:
    source = script(text)
    offsets = st.integers(0, len(source.text))
    start, end, before, after = sorted(data.draw(st.tuples(*[offsets] * 4)))
    place = Span(before, after)
    question = Diagnostic(
        code="TRP201",
        name="unseeded-rng",
        region=source.region(place),
        span=place,
        question="Did we seed numpy?",
        message="",
        severity=Severity.WARNING,
        evidence=(
            Evidence(source.region(Span(start, end)), "seeds torch only"),
            Evidence(source.region(Span(start, after)), "numpy is drawn from here"),
        ),
        fix=Fix(Safety.SAFE, "Seed it", (Edit(Span(start, end), text),)),
    )
    for line in full(source, question, look=look).split("\n"):
        assert line.isprintable()
        assert cell_len(line) <= look.width


def test_concise_is_one_line_per_question() -> None:
    source = script()
    report = FileReport(source.path, source, [asked(source, "nn.Linear(30, 2)", question="A\n b?")])
    assert "".join(render("concise", [report], Look())) == "train.py:14:13: TRP201 A b?\n"


def test_json_has_exactly_the_promised_fields() -> None:
    source = script()
    report = FileReport(source.path, source, [unseeded(source)])
    (record,) = json.loads("".join(render("json", [report], Look())))
    assert record == {
        "code": "TRP201",
        "name": "unseeded-rng",
        "message": "`np.random.permutation` draws, and nothing seeds numpy.",
        "question": "Did we seed numpy? `np.random.permutation` draws before any seed.",
        "severity": "warning",
        "filename": "train.py",
        "cell": None,
        "location": {"row": 12, "column": 13},
        "end_location": {"row": 12, "column": 46},
        "evidence": [
            {
                "filename": "train.py",
                "location": {"row": 9, "column": 5},
                "end_location": {"row": 9, "column": 33},
                "message": "seeds torch only",
            },
            {
                "filename": "train.py",
                "location": {"row": 12, "column": 13},
                "end_location": {"row": 12, "column": 46},
                "message": "numpy is drawn from here",
            },
        ],
        "fix": {
            "safety": "unsafe",
            "message": "seed numpy beside torch",
            "edits": [
                {
                    "location": {"row": 10, "column": 1},
                    "end_location": {"row": 10, "column": 1},
                    "content": "    np.random.seed(args.seed)\n",
                }
            ],
        },
        "url": "https://example.org/rules/trp201",
        "skill": "pytorch-internals",
    }


def test_json_of_nothing_is_an_empty_array() -> None:
    assert "".join(render("json", [FileReport("a.py")], Look())) == "[]\n"


def tally(*safeties: Safety | None, severity: Severity = Severity.WARNING, fixed: int = 0) -> Tally:
    source = script()
    found = [
        asked(
            source,
            "nn.Linear(30, 2)",
            severity=severity,
            fix=Fix(safety, "", ()) if safety else None,
        )
        for safety in safeties
    ]
    return Tally(files=3, asked=found, fixed=[asked(source, "import random")] * fixed)


@pytest.mark.parametrize(
    ("made", "unsafe", "text"),
    [
        (lambda: tally(), False, "Read 3 files: nothing to ask.\n"),
        (lambda: tally(None), False, "Found 1 question in 1 of 3 files.\n"),
        (
            lambda: tally(None, severity=Severity.NOTE),
            False,
            "Found 1 note in 1 of 3 files.\n",
        ),
        (
            lambda: tally(Safety.SAFE, Safety.UNSAFE, Safety.DISPLAY),
            False,
            "Found 3 questions in 1 of 3 files.\n"
            "[*] 1 fixable with --fix, 1 more with --fix --unsafe-fixes.\n",
        ),
        (
            lambda: tally(Safety.SAFE, Safety.UNSAFE),
            True,
            "Found 2 questions in 1 of 3 files.\n[*] 2 fixable with --fix.\n",
        ),
        (lambda: tally(fixed=2), False, "Fixed 2 findings.\nRead 3 files: nothing to ask.\n"),
    ],
)
def test_the_summary_counts_and_offers(made: Callable[[], Tally], unsafe: bool, text: str) -> None:
    assert "".join(summary(made(), Look(), unsafe=unsafe)) == text


def test_statistics_count_per_rule() -> None:
    found = tally(Safety.UNSAFE, None).asked
    assert "".join(statistics(found, Look())) == "2  TRP201 [*] unseeded-rng\n"


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "environment", "option", "colour"),
    [
        (Terminal(), {}, None, True),
        (io.StringIO(), {}, None, False),
        (Terminal(), {"NO_COLOR": "1"}, None, False),
        (io.StringIO(), {"FORCE_COLOR": "1"}, None, True),
        (io.StringIO(), {"FORCE_COLOR": "0"}, None, False),
        (Terminal(), {"TERM": "dumb"}, None, False),
        (Terminal(), {"NO_COLOR": "1"}, True, True),
        (Terminal(), {"FORCE_COLOR": "1"}, False, False),
    ],
)
def test_colours_follow_option_environment_and_terminal(
    monkeypatch: pytest.MonkeyPatch,
    stream: io.StringIO,
    environment: dict[str, str],
    option: bool | None,
    colour: bool,
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert Look.of(stream, option).colour is colour
