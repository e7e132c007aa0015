"""What trackers keep, proven by running them offline: before a fix, after it, and as suggested."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from wandb_runs import TrackedRun, tracked_runs

from fixtures import ROOT, SETTINGS
from triptych_lint.engine import lint_source
from triptych_lint.fixer import fix_source
from triptych_lint.project import Project
from triptych_lint.rule import all_rules
from triptych_lint.source import Source

pytest.importorskip("wandb")
pytestmark = pytest.mark.proof


def tracked(script: str, folder: Path) -> list[TrackedRun]:
    """The runs that a script leaves behind, from a fresh process without a network."""
    folder.mkdir()
    file = folder / "train.py"
    file.write_text(script, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(file)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        env={
            **os.environ,
            "WANDB_MODE": "offline",
            "WANDB_SILENT": "true",
            "OMP_NUM_THREADS": "1",
            "CUDA_VISIBLE_DEVICES": "",
        },
    )
    if "ModuleNotFoundError" in done.stderr:
        pytest.skip(done.stderr.splitlines()[-1])
    assert done.returncode == 0, done.stderr
    return tracked_runs(folder)


def before_and_after(
    name: str, folder: Path, shorter: tuple[str, str] = ("", "")
) -> tuple[list[TrackedRun], list[TrackedRun]]:
    """The runs of a fixture of TRP106, as it stands and after its fix."""
    source = Source.read(ROOT / "TRP106" / name)
    result = fix_source(source, lambda s: lint_source(s, SETTINGS, Project()), unsafe=True)
    assert {d.code for d in result.fixed} == {"TRP106"}
    before, after = source.text, result.data.decode()
    return (
        tracked(before.replace(*shorter), folder / "before"),
        tracked(after.replace(*shorter), folder / "after"),
    )


def test_a_loop_leaves_one_run_before_the_fix_and_one_for_each_setting_after(
    tmp_path: Path,
) -> None:
    before, after = before_and_after("asked_one_start_for_each_rate.py", tmp_path)
    assert [run.config["lr"] for run in before] == [1e-3]
    assert len(before[0].logged("loss")) == 90  # the curves of three settings, as one
    assert [run.config["lr"] for run in after] == [1e-3, 3e-3, 1e-2]
    assert [len(run.logged("loss")) for run in after] == [30, 30, 30]


def test_a_search_leaves_one_run_before_the_fix_and_one_for_each_trial_after(
    tmp_path: Path,
) -> None:
    pytest.importorskip("optuna")
    few = ("n_trials=30", "n_trials=3")
    before, after = before_and_after("asked_trials_in_one_run.py", tmp_path, few)
    assert len(before) == 1
    assert len(before[0].logged("test_accuracy")) == 3
    assert len({(run.config["width"], run.config["lr"]) for run in after}) == 3
    assert [len(run.logged("test_accuracy")) for run in after] == [1, 1, 1]


@pytest.mark.slow
def test_the_word_for_a_boolean_keeps_the_same_runs(tmp_path: Path) -> None:
    before, after = before_and_after("asked_boolean_true.py", tmp_path)
    assert len(before) == len(after) == 3
    assert [(r.config, r.history) for r in before] == [(r.config, r.history) for r in after]


SEARCH = """
import optuna
import wandb

SEED = 7


def train(lr):
    return (lr - 0.01) ** 2


{given}
"""


def examples(code: str) -> list[str]:
    """The indented blocks of a rule's documentation."""
    return re.findall(r"(?m)(?:^ {4}.*\n|^\n(?= {4}))+", all_rules()[code].doc)


def outdented(text: str) -> str:
    return re.sub(r"(?m)^ {4}", "", text)


def test_a_run_for_each_trial_keeps_its_parameters_and_seed_as_documented(tmp_path: Path) -> None:
    pytest.importorskip("optuna")
    objective = outdented(examples("TRP102")[0])
    script = SEARCH.format(given=objective) + "optuna.create_study().optimize(objective, 3)\n"
    runs = tracked(script, tmp_path / "runs")
    assert [run.config["seed"] for run in runs] == [7, 7, 7]
    losses = [(run.config["lr"] - 0.01) ** 2 for run in runs]
    assert [run.logged("val_loss") for run in runs] == [[loss] for loss in losses]


def test_a_callback_keeps_each_trial_in_one_run_as_documented(tmp_path: Path) -> None:
    pytest.importorskip("optuna")
    given = """
def objective(trial):
    return train(trial.suggest_float("lr", 1e-5, 1e-1, log=True))


study = optuna.create_study()
run = wandb.init(project="cells")
"""
    callback = outdented(examples("TRP102")[1]).replace("n_trials=100", "n_trials=5")
    script = SEARCH.format(given=given) + callback + "run.finish()\n"
    (run,) = tracked(script, tmp_path / "runs")
    assert run.logged("value") == [(lr - 0.01) ** 2 for lr in run.logged("lr")]
    assert len(run.history) == 5
