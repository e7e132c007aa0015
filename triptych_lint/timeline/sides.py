"""Sides: which part of which split rows descend from, through splits of splits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from triptych_lint.timeline.events import Event
from triptych_lint.timeline.values import Data, Side

TRAIN = "train"


def together(sources: Sequence[Data], *, joined: bool) -> Side | None:
    """The side of rows that are made from ``sources``.

    Two parts of a split that are put together again are what was split.
    """
    first = next((source.side for source in sources if source.side), None)
    if first is None or not joined:
        return first
    rows = [s for s in sources if not s.statistic and s.rows != "aggregated"]
    parts = {s.side.part for s in rows if s.side and s.side.split is first.split}
    return _before(first) if len(parts) > 1 else first


def _before(side: Side) -> Side | None:
    """The side that was split once more to give ``side``."""
    above = (rows.side for rows in side.split.facts["data"])
    return next((other for other in above if other and other.split is not side.split), None)


def lineage(data: Data) -> Iterator[Side]:
    """The sides that rows descend from, the last split first; slices alone do not split."""
    side, seen = data.side, 0
    while side is not None and seen < 8:
        if side.split.kind == "split":
            yield side
        side, seen = _before(side), seen + 1


def held_out(data: Data) -> Side | None:
    """The side of the last split that held these rows out of what is trained on."""
    return next((side for side in lineage(data) if side.part != TRAIN), None)


def takes_apart(split: Event) -> bool:
    """Whether slices only give back the files that were put together before."""
    return not split.short and any(len(rows.roots) > 1 for rows in split.facts["data"])


def apart(train: Data, held: Data) -> Event | None:
    """The split of which ``held`` was held out when ``train`` was kept."""
    kept = [side.split for side in lineage(train) if side.part == TRAIN]
    return next((s.split for s in lineage(held) if s.part != TRAIN and s.split in kept), None)
