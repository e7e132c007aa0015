"""An offline run of Weights & Biases: its ``.wandb`` file, read without wandb.

wandb no longer brings a reader of its own (0.31). The file is a log of LevelDB: after a header of
seven bytes, blocks of 32 KiB that hold records, each of which may be split over blocks. A record is
a protobuf message; those of the history hold JSON values by name.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path

from triptych_lint.mentor.logs.series import WORDS, Log, UnreadableLog, from_records
from triptych_lint.mentor.logs.table import flat

MAGIC = b":W&B"
BLOCK, FILE_HEADER, RECORD_HEADER = 32768, 7, 7
FULL, FIRST, MIDDLE, LAST = 1, 2, 3, 4

# Field numbers of wandb's protobuf messages (established with wandb 0.31).
RECORD_HISTORY, HISTORY_ITEM, HISTORY_STEP, STEP_NUMBER = 2, 1, 2, 1
ITEM_KEY, ITEM_NESTED_KEY, ITEM_JSON = 1, 2, 16

Field = tuple[int, int | bytes]


def read(path: Path, shown: str) -> Log:
    """The history of a ``.wandb`` file.

    Raises:
        UnreadableLog: if the file is none, or the run logged no numbers.
    """
    data = path.read_bytes()
    if not data.startswith(MAGIC):
        raise UnreadableLog(WORDS["errors"]["unknown"])
    return from_records(shown, "W&B", _history(data))


def _history(data: bytes) -> Iterator[dict[str, object]]:
    for record in _records(data):
        for number, value in _fields(record):
            if number == RECORD_HISTORY and isinstance(value, bytes):
                yield _entry(value)


def _records(data: bytes) -> Iterator[bytes]:
    """The records of the log; a run that was cut short ends where it ends."""
    at = FILE_HEADER
    parts: list[bytes] = []
    while at + RECORD_HEADER <= len(data):
        left = BLOCK - at % BLOCK
        if left < RECORD_HEADER:
            at += left
            continue
        _, length, kind = struct.unpack_from("<IHB", data, at)
        piece = data[at + RECORD_HEADER : at + RECORD_HEADER + length]
        at += RECORD_HEADER + length
        if kind in (FULL, FIRST):
            parts = []
        parts.append(piece)
        if kind in (FULL, LAST):
            yield b"".join(parts)
        elif kind not in (FIRST, MIDDLE):
            return


def _entry(history: bytes) -> dict[str, object]:
    entry: dict[str, object] = {}
    for number, value in _fields(history):
        if not isinstance(value, bytes):
            continue
        inner = list(_fields(value))
        if number == HISTORY_STEP:
            entry["_step"] = next((v for n, v in inner if n == STEP_NUMBER), 0)
        elif number == HISTORY_ITEM:
            entry.update(_item(inner))
    return entry


def _item(fields: list[Field]) -> dict[str, object]:
    texts = [(n, v.decode("utf-8", "replace")) for n, v in fields if isinstance(v, bytes)]
    keys = [text for number, text in texts if number in (ITEM_KEY, ITEM_NESTED_KEY) and text]
    value = next((text for number, text in texts if number == ITEM_JSON), "null")
    try:
        return flat({"/".join(keys): json.loads(value)})
    except ValueError:
        return {}


def _fields(message: bytes) -> Iterator[Field]:
    """The fields of a protobuf message: varints as numbers, the rest as bytes."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        if kind == 0:
            value, at = _varint(message, at)
            yield key >> 3, value
            continue
        if kind == 2:
            length, at = _varint(message, at)
        elif kind in (1, 5):
            length = 8 if kind == 1 else 4
        else:
            return
        yield key >> 3, message[at : at + length]
        at += length


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(message):
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
        shift += 7
    return value, at
