"""Reads what W&B wrote of runs in offline mode: their settings and their histories."""

from __future__ import annotations

import json
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PATIENCE = 20
"""Seconds that a run may take to be written after its script has ended."""
_BLOCK, _HEADER, _CHUNK = 32768, 7, 7
_WHOLE, _LAST = (1, 4)


@dataclass
class TrackedRun:
    """One run as its file holds it."""

    config: dict[str, Any] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)
    started: float = 0.0
    ended: bool = False
    """Whether its file is complete: it is written by a process that may outlive the script."""

    def logged(self, name: str) -> list[Any]:
        """The values of one metric, in order."""
        return [row[name] for row in self.history if name in row]


def tracked_runs(folder: Path) -> list[TrackedRun]:
    """The offline runs below ``folder``, in the order in which they were started."""
    until = time.monotonic() + PATIENCE
    while True:
        files = sorted(folder.glob("wandb/offline-run-*/*.wandb"))
        runs = [_run(file) for file in files]
        if (runs and all(run.ended for run in runs)) or time.monotonic() > until:
            return sorted(runs, key=lambda run: run.started)
        time.sleep(0.05)


def _run(file: Path) -> TrackedRun:
    from wandb.proto import wandb_internal_pb2 as messages

    run = TrackedRun()
    for data in _records(file.read_bytes()):
        record = messages.Record()
        record.ParseFromString(data)
        if record.HasField("run"):
            run.config.update(_entries(record.run.config.update))
            began = record.run.start_time
            run.started = run.started or began.seconds + began.nanos / 1e9
        elif record.HasField("config"):
            run.config.update(_entries(record.config.update))
        elif record.HasField("history"):
            run.history.append(_entries(record.history.item))
        elif record.HasField("exit"):
            run.ended = True
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
