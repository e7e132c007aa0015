"""TensorBoard's event files, through TensorBoard's own reader."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from triptych_lint.mentor.logs.series import WORDS, Log, Series, UnreadableLog


def read(path: Path, shown: str) -> Log:
    """The scalars of an event file, or of a folder of them.

    Raises:
        UnreadableLog: if TensorBoard is not installed, or there are no scalars.
    """
    try:
        reader = import_module("tensorboard.backend.event_processing.event_accumulator")
    except ImportError:
        message = WORDS["errors"]["missing"].format(package="tensorboard")
        raise UnreadableLog(message) from None
    everything = {reader.SCALARS: 0, reader.TENSORS: 0}
    events: Any = reader.EventAccumulator(str(path), size_guidance=everything)
    events.Reload()
    log = Log(shown, how="TensorBoard")
    for tag in events.Tags().get("scalars", ()):
        points = [(float(e.step), float(e.value)) for e in events.Scalars(tag)]
        log.series[tag] = Series(tag, points)
    for tag in events.Tags().get("tensors", ()):  # as TensorFlow 2 writes its scalars
        points = []
        for event in events.Tensors(tag):
            value = _scalar(event.tensor_proto)
            if value is not None:
                points.append((float(event.step), value))
        if points:
            log.series[tag] = Series(tag, points)
    if not log.series:
        raise UnreadableLog(WORDS["errors"]["empty"])
    return log


def _scalar(tensor: Any) -> float | None:
    array = import_module("tensorboard.util.tensor_util").make_ndarray(tensor)
    return float(array) if array.size == 1 and array.dtype.kind == "f" else None
