"""``trainer_state.json`` of Hugging Face's Trainer: what it logged, step by step."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from triptych_lint.mentor.logs.series import WORDS, Log, UnreadableLog, from_records
from triptych_lint.mentor.logs.table import flat, text_of


def read(path: Path, shown: str) -> Log:
    """The ``log_history``; a JSON file that is a list of objects is read as one too.

    Raises:
        UnreadableLog: if the file is none, or logged no numbers.
    """
    try:
        document = json.loads(text_of(path))
    except ValueError:
        raise UnreadableLog(WORDS["errors"]["unknown"]) from None
    history = document.get("log_history") if isinstance(document, Mapping) else document
    if not isinstance(history, list):
        raise UnreadableLog(WORDS["errors"]["unknown"])
    entries = [flat(entry) for entry in history if isinstance(entry, Mapping)]
    return from_records(shown, path.name, entries)
