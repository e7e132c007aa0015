"""``triptych-lint story``: what it tells, and the four forms in which it does."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as xml
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import SEEDED, UNSEEDED, Run

from triptych_lint.mentor.reading import read
from triptych_lint.mentor.story import highlight, page, terminal
from triptych_lint.mentor.story.model import Story, tell
from triptych_lint.report.look import Look
from triptych_lint.settings import Settings

Lint = Callable[..., Run]

HELPER = """\
import random

import numpy as np
import torch


def set_seed(seed):
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
"""
TWO_FILES = UNSEEDED.replace(
    "import torch\n", "import torch\nfrom helper import set_seed\n"
).replace("torch.manual_seed(0)", "set_seed(3)")


def story_of(folder: Path, **files: str) -> Story:
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    return tell(read(folder / f"{next(iter(files))}.py", Settings(root=folder)))


def states(story: Story) -> dict[str, str]:
    return {step.key: step.state for step in story.steps}


def test_events_come_in_the_order_of_the_run_and_across_files(tmp_path: Path) -> None:
    story = story_of(tmp_path, train=TWO_FILES, helper=HELPER)
    told = [(Path(m.region.filename).name, m.region.start.row, m.kind) for m in story.moments]
    assert told == [
        ("helper.py", 8, "seed"),
        ("train.py", 11, "draw"),
        ("train.py", 14, "draw"),
        ("train.py", 17, "zero"),
        ("train.py", 19, "backward"),
        ("train.py", 20, "clip"),
        ("train.py", 21, "observe"),
        ("train.py", 22, "update"),
    ]
    assert story.moments[0].words == "seeds Python's random, numpy and torch with 3"
    assert [Path(name).name for name in story.sources] == ["train.py", "helper.py"]
    loop = story.moments[-1].loops[0]
    assert (loop.head, loop.region.start.row) == ("for step in range(10)", 16)


def test_a_question_stands_at_the_event_that_it_is_about(tmp_path: Path) -> None:
    story = story_of(tmp_path, train=UNSEEDED)
    assert [(m.kind, [q.code for q in m.questions]) for m in story.moments if m.questions] == [
        ("draw", ["TRP201"])
    ]
    assert story.elsewhere == []


@pytest.mark.parametrize(
    ("key", "line", "state"),
    [
        ("profile", "import pandas as pd; frame = pd.read_csv('a.csv'); frame.info()", "seen"),
        ("profile", "import logging; logging.getLogger().info('start')", "unseen"),
        ("overfit", "# trainer = Trainer(overfit_batches=0.01)", "seen"),
        ("overfit", "# dropout keeps it from overfitting; boosting tends to overfit", "unseen"),
        ("overfit", "def test_model_can_overfit_one_batch(): ...", "seen"),
        ("overfit", "OVERFIT_ONE_BATCH = False", "seen"),
        ("track", "import wandb; wandb.init(project='digits')", "seen"),
        ("track", "def follow():\n    import wandb\n    wandb.init(project='digits')", "off"),
        ("track", "from transformers import TrainingArguments as A; A(report_to='none')", "unseen"),
        ("track", "from transformers import TrainingArguments as A; A(report_to='wandb')", "seen"),
        ("sweep", "import optuna; optuna.create_study().optimize(main, n_trials=9)", "seen"),
        ("claim", "emit_claim('99 %', 'valid')", "seen"),
    ],
)  # fmt: skip
def test_steps_are_seen_where_a_line_does_them(
    tmp_path: Path, key: str, line: str, state: str
) -> None:
    text = SEEDED.replace("import torch\n", f"import torch\n{line}\n", 1)
    assert states(story_of(tmp_path, train=text))[key] == state


def test_one_batch_trained_on_is_the_sanity_check_and_a_peek_is_none(tmp_path: Path) -> None:
    head = "import torch\nfrom data import loader, model, optimizer\n\nx, y = next(iter(loader))\n"
    body = "    loss = model(x).mean()\n    loss.backward()\n    optimizer.step()\n"
    body += "    optimizer.zero_grad()\n"
    fits = story_of(tmp_path, fits=f"{head}for _ in range(200):\n{body}")
    peeks = story_of(tmp_path, peeks=f"{head}for x, y in loader:\n{body}")
    assert states(fits)["overfit"] == "seen"
    assert states(peeks)["overfit"] == "unseen"


def test_the_goal_is_read_from_state_md(tmp_path: Path) -> None:
    research = tmp_path / "workspace" / "research"
    research.mkdir(parents=True)
    (research / "state.md").write_text("# Research\n\n## Goal\n\nBeat 0.9 AUROC.\n\n## Questions\n")
    story = story_of(tmp_path, train=UNSEEDED)
    (mark,) = story.steps[1].marks
    assert (mark.note, mark.region.start.row) == ("Beat 0.9 AUROC.", 5)
    assert "state.md:5" in "\n".join(terminal.render(story, Look()))


@pytest.mark.parametrize("name", ["evaluate.py", "test_train.py"])
def test_code_that_does_not_train_gets_one_line(lint: Lint, tmp_path: Path, name: str) -> None:
    text = "import torch\n\nprint(torch.load('m.pt')(torch.ones(3)))\n"
    (tmp_path / name).write_text(UNSEEDED if name.startswith("test") else text)
    run = lint("story", name)
    assert (run.code, run.out.count("\n"), run.err) == (0, 1, "")
    assert "nothing trains here" in run.out


def test_what_cannot_be_read_is_said_in_one_line(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("import torch\nfor x in\n")
    for name in ("missing.py", "broken.py"):
        run = lint("story", name)
        assert (run.code, run.out, run.err.count("\n")) == (2, "", 1)
        assert run.err.startswith(f"{name}: ")


def test_json_counts_from_one_and_names_what_is_asked(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(UNSEEDED)
    story = json.loads(lint("story", "train.py", "--format", "json").out)
    assert [step["number"] for step in story["steps"]] == list(range(1, 9))
    events = story["runs"][0]["events"]
    drawn = next(event for event in events if event["questions"])
    assert (drawn["row"], drawn["column"], drawn["questions"]) == (10, 13, ["TRP201"])
    assert [question["code"] for question in story["questions"]] == ["TRP201"]


def test_svg_is_well_formed_and_holds_the_run(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(UNSEEDED)
    assert lint("story", "train.py", "--format", "svg", "-o", "run.svg").out == ""
    root = xml.fromstring((tmp_path / "run.svg").read_text())
    text = " ".join(node.text or "" for node in root.iter("{http://www.w3.org/2000/svg}text"))
    assert "np.random.permutation draws a permutation" in text
    assert "Did we seed" in text or "did we mean to seed" in text


NASTY = UNSEEDED.replace("synthetic", "<script>alert(1)</script> & </style>")


def test_the_page_needs_nothing_from_outside(tmp_path: Path) -> None:
    text = page.render(story_of(tmp_path, train=NASTY))
    assert "<script>alert" not in text
    assert text.count("<script>") == 1
    assert not re.findall(r"""(?:src|href)="(?!#|https://github\.com/triptych-lint)""", text)
    assert "@import" not in text
    assert "url(" not in text


def test_each_event_of_the_page_points_at_a_line_that_is_there(tmp_path: Path) -> None:
    text = page.render(story_of(tmp_path, train=TWO_FILES, helper=HELPER))
    ids = set(re.findall(r'id="([^"]+)"', text))
    lines = {line for found in re.findall(r'data-lines?="([^"]*)"', text) for line in found.split()}
    assert lines
    assert lines <= ids


@given(st.text(alphabet=st.sampled_from("ab'\"#\\\n\r =({[<&>3.ef\t"), max_size=60))
def test_highlighting_keeps_every_character(text: str) -> None:
    from html import unescape

    shown = [unescape(re.sub(r"</?span[^>]*>", "", line)) for line in highlight.lines(text)]
    assert shown == re.split(r"\r\n|\r|\n", text)


def test_looks_at_the_data_stand_where_their_function_meets_them(tmp_path: Path) -> None:
    text = """\
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.svm import SVC


def load():
    frame = pd.read_csv("wine.csv")
    print(frame.describe())
    print(frame["quality"].value_counts())
    return frame


def never():
    pd.read_csv("other.csv").info()


frame = load()
frame.info()
train, test = train_test_split(frame, random_state=0)
model = SVC().fit(train.drop(columns="quality"), train["quality"])
print(test.isna().sum())
"""
    story = story_of(tmp_path, train=text)
    told = [(moment.kind, moment.region.start.row, moment.times) for moment in story.moments]
    assert told == [
        ("profile", 8, 2),
        ("profile", 18, 1),
        ("split", 19, 1),
        ("train", 20, 1),
        ("report", 21, 1),
    ]
    assert [mark.region.start.row for mark in story.steps[0].marks] == [8, 9, 14, 18, 21]


def test_what_stands_in_two_cells_is_told_twice(tmp_path: Path) -> None:
    head = "import torch\n\n"
    cells = [f"{head}a = torch.nn.Linear(2, 2)", f"{head}b = torch.nn.Linear(2, 2)"]
    cells.append(
        "optimizer = torch.optim.SGD(b.parameters(), 0.1)\nfor i in range(9):\n"
        "    loss = b(a(torch.ones(1, 2))).sum()\n    optimizer.zero_grad()\n"
        "    loss.backward()\n    optimizer.step()"
    )
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"language_info": {"name": "python"}},
        "cells": [
            {"cell_type": "code", "metadata": {}, "source": cell, "outputs": []} for cell in cells
        ],
    }
    (tmp_path / "train.ipynb").write_text(json.dumps(notebook))
    story = tell(read(tmp_path / "train.ipynb", Settings(root=tmp_path)))
    drawn = [(m.region.cell, m.rows, m.times) for m in story.moments if m.kind == "draw"]
    assert drawn == [(1, [3], 1), (2, [3], 1)]
    text = page.render(story)
    assert 'id="l0-1-3"' in text
    assert 'data-line="l0-2-3"' in text


def test_the_head_of_a_loop_is_shown_whole(tmp_path: Path) -> None:
    text = SEEDED.replace(
        "for step in range(10):", 'for step in (  # "#"\n        range(10)\n    ):'
    )
    (loop,) = story_of(tmp_path, train=text).moments[-1].loops
    assert loop.head.startswith("for step in (")
    assert "range(10" in loop.head


def test_a_step_that_a_framework_calls_reports_as_it_goes(tmp_path: Path) -> None:
    text = """\
import torch
from lightning.pytorch import LightningModule, Trainer


class Net(LightningModule):
    def __init__(self):
        super().__init__()
        self.automatic_optimization = False
        self.layer = torch.nn.Linear(4, 1)

    def training_step(self, batch, index):
        optimizer = self.optimizers()
        loss = self.layer(batch).mean()
        optimizer.zero_grad()
        self.manual_backward(loss)
        optimizer.step()
        self.log("loss", loss)


Trainer(max_epochs=3).fit(Net(), batches)
"""
    story = story_of(tmp_path, train=text)
    assert [part.title for part in story.parts][1] == "called for each batch: `training_step`"
    found = states(story)
    assert (found["progress"], found["claim"], found["track"]) == ("seen", "unseen", "seen")
