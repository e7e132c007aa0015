"""Whole conversations about realistic scripts, one readable file each.

The files stand in ``__snapshots__/test_mentor_conversations``; after a change of wording, run
``pytest tests/test_mentor_conversations.py --snapshot-update`` and read what has changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.location import PyTestLocation
from syrupy.types import SnapshotIndex

from triptych_lint.mentor.logs.reading import read_log
from triptych_lint.mentor.reading import read
from triptych_lint.mentor.story import terminal as story_terminal
from triptych_lint.mentor.story.model import tell
from triptych_lint.mentor.why import terminal as why_terminal
from triptych_lint.mentor.why.conversation import converse
from triptych_lint.mentor.words import FOLDER
from triptych_lint.mentor.words import read as words
from triptych_lint.report.look import Look
from triptych_lint.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
ACCUSATIONS = re.compile(
    r"(?i)\byou forgot\b|\bshould have\b|\bmust\b|\bmistake|\bwrong\b|\bfail(ed)?\b"
)

SCRIPTS = {
    "cnn_digits": ("examples/image_classifier.py", "tests/runs/nan.csv"),
    "patients_forest": ("examples/patients.py", "tests/runs/leak.jsonl"),
    "speech_two_files": ("examples/speech_project/train.py", None),
    "notebook_forecast": ("examples/temperature_forecast.ipynb", None),
    "hf_trainer": ("fixtures/TRP301/quiet_hf_trainer.py", "tests/runs/trainer_state.json"),
    "lightning": ("fixtures/TRP301/quiet_lightning_automatic.py", None),
    "keras": ("fixtures/TRP201/quiet_keras_set_random_seed.py", None),
    "flax": ("fixtures/TRP301/asked_flax_train_state.py", None),
    "amp_accumulation": ("fixtures/TRP304/asked_accumulated_clip.py", None),
    "reinforce": ("fixtures/TRP201/asked_reinforce_env_seeded.py", None),
    "optuna_sweep": ("fixtures/TRP203/asked_optuna_sampler.py", None),
    "seed_after_baseline": ("fixtures/TRP601/asked_baseline_logged_first.py", None),
    "wandb": ("fixtures/TRP104/asked_literal_config.py", None),
    "gene_selection": ("fixtures/TRP402/asked_gene_selection.py", None),
    "grouped_split": ("fixtures/TRP401/quiet_group_shuffle_split.py", None),
}


class Text(SingleFileSnapshotExtension):
    """A file per snapshot, as plain text."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: SnapshotIndex = 0) -> str:
        return str(index)


@pytest.fixture
def conversation(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(Text)


@pytest.mark.filterwarnings(r"ignore:\s*Can not relate snapshot")
@pytest.mark.parametrize("name", SCRIPTS)
def test_the_whole_conversation(
    name: str, conversation: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    script, log = SCRIPTS[name]
    reading = read(script, Settings(root=ROOT))
    lines = [f"$ triptych-lint story {script}", *story_terminal.render(tell(reading), Look())]
    lines += ["", f"$ triptych-lint why {script}"]
    lines += why_terminal.render(converse(read(script, Settings(root=ROOT))), Look())
    if log is not None:
        lines += ["", f"$ triptych-lint why {script} --log {log}"]
        told = converse(read(script, Settings(root=ROOT)), read_log(log))
        lines += why_terminal.render(told, Look())
    text = "\n".join(line.rstrip() for line in lines) + "\n"
    assert max(map(len, (x for x in text.splitlines() if " $ " not in x))) <= 140
    assert conversation(name=name) == text


def strings(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            if key not in ("words", "calls") and not str(key).endswith("_words"):
                yield from strings(value)
    elif isinstance(data, list):
        for value in data:
            yield from strings(value)


@pytest.mark.parametrize(
    "name", [str(path.relative_to(FOLDER)) for path in sorted(FOLDER.rglob("*.yaml"))]
)
def test_nothing_that_is_said_accuses(name: str) -> None:
    accused = [text for text in strings(words(name)) if ACCUSATIONS.search(text)]
    assert accused == []
