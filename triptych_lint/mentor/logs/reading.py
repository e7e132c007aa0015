"""Which reader a path is for, by what it holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from triptych_lint.mentor.logs import table, tensorboard, trainer_state, wandb_run
from triptych_lint.mentor.logs.series import WORDS, Log, UnreadableLog
from triptych_lint.paths import cause_of, displayed

Reader = Callable[[Path, str], Log]


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
        inside = {
            "*.wandb": wandb_run.read,
            "*tfevents*": tensorboard.read,
            "**/*tfevents*": tensorboard.read,
        }
        for pattern, reader in inside.items():
            if next(iter(place.glob(pattern)), None) is not None:
                return reader
        for name, reader in {
            "trainer_state.json": trainer_state.read,
            "metrics.csv": table.read_csv,
        }.items():
            if (place / name).is_file():
                return lambda path, shown: reader(path / name, shown)
        raise UnreadableLog(WORDS["errors"]["unknown"])
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
