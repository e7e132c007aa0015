"""Which reader a path is for, by what it holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from triptych_lint.mentor.logs import table, tensorboard, trainer_state, wandb_run
from triptych_lint.mentor.logs.series import WORDS, Log, UnreadableLog
from triptych_lint.paths import cause_of, displayed

Reader = Callable[[Path, str], Log]
LOGS = ("*.wandb", "*tfevents*", "trainer_state.json", "metrics.csv", "*.jsonl")
"""What logs are called in the folders that trainers and trackers write."""


def read_log(path: str | Path) -> Log:
    """The curves of a log file, or of the folder of a run.

    Raises:
        UnreadableLog: if it cannot be read; the message names the path.
    """
    place = Path(path)
    shown = displayed(place)
    try:
        return _reader(place)(place, shown)
    except OSError as error:
        raise UnreadableLog(f"{shown}: cannot be read ({cause_of(error)})") from None
    except UnreadableLog as error:
        raise UnreadableLog(f"{shown}: {error}") from None


def _reader(place: Path) -> Reader:
    if place.is_dir():
        newest = _newest(place)
        if newest is None:
            raise UnreadableLog(WORDS["errors"]["unknown"])
        reader = _reader(newest)
        # A run of TensorBoard may lie in several files, which its reader puts together.
        inside = newest.parent if reader is tensorboard.read else newest
        return lambda path, shown: reader(inside, displayed(inside))
    if place.suffix == ".wandb":
        return wandb_run.read
    if "tfevents" in place.name:
        return tensorboard.read
    if place.suffix == ".json":
        return trainer_state.read
    if place.suffix in (".csv", ".tsv"):
        return table.read_csv
    start = table.text_of(place).lstrip()[:1]
    return table.read_json_lines if start == "{" else table.read_csv


def _newest(folder: Path) -> Path | None:
    """The log that was written last in the folder of a run, or of several."""
    found = [file for pattern in LOGS for file in folder.glob(f"**/{pattern}")]
    return max(found, key=lambda file: file.stat().st_mtime_ns, default=None)
