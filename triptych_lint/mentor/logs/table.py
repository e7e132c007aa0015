"""CSV, TSV and JSON lines: one row or object per step."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from triptych_lint.mentor.logs.series import WORDS, Log, UnreadableLog, from_records

MOST_BYTES = 200_000_000


def text_of(path: Path) -> str:
    """The text of a log.

    Raises:
        UnreadableLog: if it is larger than any log is, or is no text.
    """
    data = path.read_bytes()
    if len(data) > MOST_BYTES or b"\0" in data:
        raise UnreadableLog(WORDS["errors"]["unknown"])
    return data.decode("utf-8-sig", "replace")


def read_csv(path: Path, shown: str) -> Log:
    """A table with a header: Lightning's and Keras's CSV loggers, pandas, and one's own.

    Raises:
        UnreadableLog: if it holds no numbers.
    """
    text = text_of(path)
    first = text.partition("\n")[0]
    delimiter = max(",\t;", key=first.count)
    lines = io.StringIO(text, newline=None)
    rows = csv.DictReader(lines, delimiter=delimiter, skipinitialspace=True)
    named = ({str(k).strip(): v for k, v in row.items() if k is not None} for row in rows)
    try:
        return from_records(shown, "TSV" if delimiter == "\t" else "CSV", named)
    except csv.Error:
        raise UnreadableLog(WORDS["errors"]["unknown"]) from None


def read_json_lines(path: Path, shown: str) -> Log:
    """One JSON object per line; other lines among them are passed over.

    Raises:
        UnreadableLog: if there is no object with numbers.
    """
    return from_records(shown, "JSONL", _objects(text_of(path)))


def _objects(text: str) -> Iterator[Mapping[str, object]]:
    for line in text.splitlines():
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict):
            yield flat(found)


def flat(record: Mapping[str, object], prefix: str = "") -> dict[str, object]:
    """Nested objects with their keys joined: ``{"train": {"loss": 1}}`` is ``train/loss``."""
    found: dict[str, object] = {}
    for key, value in record.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            found.update(flat(value, f"{name}/"))
        else:
            found[name] = value
    return found
