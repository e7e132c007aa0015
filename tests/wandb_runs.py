"""Reads what W&B wrote of runs in offline mode: their settings and their histories."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_BLOCK, _HEADER, _CHUNK = 32768, 7, 7
_WHOLE, _LAST = (1, 4)


@dataclass
class TrackedRun:
    """One run as its file holds it."""

    config: dict[str, Any] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)

    def logged(self, name: str) -> list[Any]:
        """The values of one metric, in order."""
        return [row[name] for row in self.history if name in row]


def tracked_runs(folder: Path) -> list[TrackedRun]:
    """The offline runs below ``folder``, in the order in which they were started."""
    files = folder.glob("wandb/offline-run-*/*.wandb")
    return [_run(f) for f in sorted(files, key=lambda f: f.stat().st_ctime_ns)]


def _run(file: Path) -> TrackedRun:
    from wandb.proto import wandb_internal_pb2 as messages

    run = TrackedRun()
    for data in _records(file.read_bytes()):
        record = messages.Record()
        record.ParseFromString(data)
        if record.HasField("run"):
            run.config.update(_entries(record.run.config.update))
        elif record.HasField("config"):
            run.config.update(_entries(record.config.update))
        elif record.HasField("history"):
            run.history.append(_entries(record.history.item))
    return run


def _entries(items: Any) -> dict[str, Any]:
    named = ((item.key or ".".join(item.nested_key), item.value_json) for item in items)
    return {name: json.loads(text) for name, text in named if not name.startswith("_")}


def _records(data: bytes) -> Iterator[bytes]:
    """The records of a LevelDB log: chunks in blocks of 32 KiB, behind a header of 7 bytes."""
    at, parts = _HEADER, b""
    while at + _CHUNK <= len(data):
        room = _BLOCK - at % _BLOCK
        if room < _CHUNK:
            at += room
            continue
        _, size, kind = struct.unpack_from("<IHB", data, at)
        parts += data[at + _CHUNK : at + _CHUNK + size]
        at += _CHUNK + size
        if kind in (_WHOLE, _LAST):
            yield parts
            parts = b""
