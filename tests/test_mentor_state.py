"""``triptych-lint state``: what it writes, and that it never loses what a person wrote."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import SEEDED, UNSEEDED, Run

from triptych_lint.mentor.state.document import END, WORDS, Block, rendered, template, update
from triptych_lint.statefile import seeds

Lint = Callable[..., Run]
SEEDS = Block("Assumptions", "seeds of train.py", ("- seed of torch: 0 (train.py:9)",))
GOAL = Block("Goal", "goal of train.py", ("Read digits. (train.py:1)",), alone=True)


def test_a_new_state_has_the_sections_of_triptych_and_the_tests(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(UNSEEDED)
    assert lint("state").out == "state.md: written\n"
    text = (tmp_path / "state.md").read_text()
    assert re.findall(r"^## (.*)", text, re.MULTILINE) == [
        "Goal", "Questions", "Assumptions", "Tests", "Attempts", "Established Results",
        "Open Threads", "Next Step",
    ]  # fmt: skip
    assert "Train a small classifier on synthetic measurements. (train.py:1)" in text
    assert "- seed: 0, for torch (train.py:9)" in text
    assert "- not seeded: numpy, first drawn from by `np.random.permutation` (train.py:10)" in text


def test_a_second_run_changes_nothing_and_a_change_is_followed(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(UNSEEDED)
    lint("state")
    first = (tmp_path / "state.md").read_bytes()
    assert lint("state").out == "state.md: up to date\n"
    assert (tmp_path / "state.md").read_bytes() == first
    (tmp_path / "train.py").write_text(SEEDED)
    assert lint("state").out == "state.md: updated\n"
    text = (tmp_path / "state.md").read_text()
    assert "- seed: 0, for numpy (train.py:10)" in text
    assert "not seeded" not in text


def test_the_group_key_of_a_split_is_named(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(
        "import pandas as pd\n"
        "from sklearn.ensemble import RandomForestClassifier\n"
        "from sklearn.model_selection import GroupKFold, cross_val_score\n\n"
        "df = pd.read_csv('visits.csv')\n"
        "X, y = df.drop(columns=['ill', 'patient_id']), df['ill']\n"
        "folds = GroupKFold(5)\n"
        "model = RandomForestClassifier(random_state=3)\n"
        "print(cross_val_score(model, X, y, cv=folds, groups=df['patient_id']).mean())\n"
    )
    lint("state")
    text = (tmp_path / "state.md").read_text()
    assert "- rows split by `patient_id` (train.py:9)" in text
    assert "- metric: `cross_val_score` (train.py:9)" in text


def test_a_triptych_project_has_its_own_place(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(UNSEEDED)
    (tmp_path / "workspace" / "research").mkdir(parents=True)
    assert lint("state", "train.py").out == "workspace/research/state.md: written\n"


def test_an_edited_block_belongs_to_the_person(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(UNSEEDED)
    lint("state")
    path = tmp_path / "state.md"
    edited = path.read_text().replace("- not seeded: numpy", "- numpy: seeded by the data loader")
    path.write_text(edited)
    (tmp_path / "train.py").write_text(SEEDED)
    run = lint("state")
    assert "`seeds of train.py` was edited by hand, and is left as it is" in run.err
    assert "- numpy: seeded by the data loader" in path.read_text()


def test_a_goal_that_a_person_wrote_stands_alone() -> None:
    mine = template().replace(WORDS["placeholder"], "Beat 0.9 AUROC.", 1)
    assert update(mine, [GOAL]).text == mine
    assert "Read digits." in update(template(), [GOAL]).text


def test_the_seeds_that_it_writes_are_read_as_such(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(SEEDED.replace("seed(0)", "seed(1729)"))
    lint("state")
    named = seeds(tmp_path / "state.md")
    assert named is not None
    assert named.seeds == (1729,)


def test_diff_writes_nothing(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(UNSEEDED)
    out = lint("state", "--diff").out
    assert "+## Tests\n" in out
    assert not (tmp_path / "state.md").exists()


def test_nothing_that_trains_leaves_no_file(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "plot.py").write_text("import torch\n\nprint(torch.load('m.pt'))\n")
    run = lint("state")
    assert (run.code, run.out.count("\n"), list(tmp_path.iterdir())) == (
        0,
        1,
        [tmp_path / "plot.py"],
    )


@pytest.mark.parametrize(
    "data", [b"# Notes\xff\xfe\r\n\r\n## Goal\r\nmine\r\n", b"\xef\xbb\xbf## Goal\n"]
)
def test_bytes_that_are_no_utf8_survive(lint: Lint, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "train.py").write_text(UNSEEDED)
    (tmp_path / "state.md").write_bytes(data)
    lint("state")
    assert (tmp_path / "state.md").read_bytes().startswith(data.rstrip())


def test_a_read_only_file_is_said_so(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(UNSEEDED)
    (tmp_path / "state.md").write_text("# Mine\n")
    (tmp_path / "state.md").chmod(0o444)
    run = lint("state")
    assert (run.code, run.out) == (2, "")
    assert "cannot be written" in run.err
    assert (tmp_path / "state.md").read_text() == "# Mine\n"


def test_a_blank_line_in_a_block_is_an_edit_and_other_line_endings_are_none() -> None:
    text = update(template(), [SEEDS]).text
    other = Block(SEEDS.section, SEEDS.key, ("- seed of torch: 1 (train.py:9)",))
    edited = text.replace("- seed of torch", "\n- seed of torch")
    assert update(edited, [other]).kept == [SEEDS.key]
    assert update(edited, [other]).text == edited
    windows = text.replace("\n", "\r\n")
    assert update(windows, [other]).text == update(text, [other]).text.replace("\n", "\r\n")


def lost(before: str, after: str) -> str:
    """The first character of ``before`` that ``after`` no longer has, in order; else nothing."""
    rest = iter(after)
    return next((char for char in before if char not in rest), "")


HEADINGS = [f"## {name}" for name in WORDS["sections"]] + ["# Goal", "### Tests ##", "##Goal", "#"]
LINES = st.one_of(
    st.sampled_from(
        [*HEADINGS, "```", "~~~", "", "  ", "text", "- lr 1e-3", END, "<!-- triptych-lint: x -->"]
    ),
    st.sampled_from(rendered(SEEDS, "\n").split("\n")),
    st.text(alphabet="#`~<>!- abc\t\f\ufeff\u2028\udcff", max_size=12),
)
DOCUMENTS = st.builds(
    lambda lines, newline, end: newline.join(lines) + end,
    st.lists(LINES, max_size=25),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "\n", "\r\n", "\r"]),
)


@settings(deadline=None, max_examples=400)
@given(DOCUMENTS)
def test_no_character_of_a_person_is_lost(text: str) -> None:
    ours = rendered(SEEDS, "\n")
    new = update(text, [GOAL, SEEDS]).text
    kept = text.replace(ours, "").replace(ours.replace("\n", "\r\n"), "")
    assert lost(kept, new) == ""
    again = update(new, [GOAL, SEEDS]).text
    assert again == new


@settings(deadline=None)
@given(DOCUMENTS, st.lists(st.text("abc-# \n<>", min_size=1, max_size=12), min_size=1, max_size=3))
def test_other_lines_come_and_go_and_the_person_stays(text: str, lines: list[str]) -> None:
    first = update(text, [SEEDS]).text
    other = Block(SEEDS.section, SEEDS.key, tuple(lines))
    back = update(update(first, [other]).text, [SEEDS]).text
    assert lost(text.replace(rendered(SEEDS, "\n"), ""), back) == ""


@pytest.mark.parametrize("key", ["a--b", "-->", "a > b", "--->"])
def test_a_path_cannot_end_the_comment_early(key: str) -> None:
    block = Block("Assumptions", key, ("- one",))
    text = update("", [block]).text
    assert text.count("-->") == 2
    assert update(text, [block]).text == text
    assert "- two" in update(text, [Block("Assumptions", key, ("- two",))]).text
