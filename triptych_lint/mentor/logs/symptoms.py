"""What can be seen in the curves of a run, and which pitfall it points to."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from statistics import fmean, median

from triptych_lint.mentor.logs.series import WORDS, Log, Series

FEW = 8
"""Fewer points than these show no shape."""
FLAT = 0.01
"""A loss that changes by less than this share has not moved."""
JUMP = 50.0
"""A norm this many times its median has exploded."""
PERFECT = 0.995


@dataclass(frozen=True, slots=True)
class Symptom:
    """One thing that stands out: its words, the pitfall it points to, and where it shows."""

    name: str
    said: str
    pitfall: str
    step: float
    role: str


def symptoms(log: Log) -> list[Symptom]:
    """What stands out, the most telling first."""
    order = list(WORDS["symptoms"])
    return sorted(_found(log), key=lambda symptom: order.index(symptom.name))


def _found(log: Log) -> Iterator[Symptom]:
    roles = log.roles
    loss, norm = roles.get("train_loss"), roles.get("norm")
    hidden = _zero_beside_nan(loss, norm)
    if hidden is not None:
        yield hidden
    for role in ("train_loss", "norm", "valid_loss"):
        series = roles.get(role)
        if series is not None and not (hidden and role == "norm"):
            yield from _not_finite(series, role)
    if norm is not None:
        yield from _norms(norm)
    if loss is not None and hidden is None:
        yield from _flat(loss)
    yield from _held_out(log)


def _symptom(name: str, step: float, role: str, **fields: str) -> Symptom:
    words = WORDS["symptoms"][name]
    title = WORDS["titles"][role]
    said = str(words["says"]).format(step=_plain(step), series=title, **fields)
    return Symptom(name, said, str(words["pitfall"]), step, role)


def _zero_beside_nan(loss: Series | None, norm: Series | None) -> Symptom | None:
    """Transformers keeps a NaN loss out of its mean, and logs what is left: 0.0."""
    if loss is None or norm is None:
        return None
    norms = dict(norm.points)
    for step, value in loss.points:
        beside = norms.get(step)
        if value == 0.0 and beside is not None and not math.isfinite(beside):
            return _symptom("zero_beside_nan", step, "train_loss", value=shown(beside))
    return None


def _not_finite(series: Series, role: str) -> Iterator[Symptom]:
    before: float | None = None
    for step, value in series.points:
        if not math.isfinite(value):
            if before is None:
                yield _symptom("not_finite_first", step, role, value=shown(value))
            else:
                fields = {"value": shown(value), "before": shown(before)}
                yield _symptom("not_finite", step, role, **fields)
            return
        before = value


def _norms(norm: Series) -> Iterator[Symptom]:
    finite = [(step, value) for step, value in norm.points if math.isfinite(value)]
    if len(finite) < FEW:
        return
    middle = median(value for _, value in finite)
    step, highest = max(finite, key=lambda point: point[1])
    if middle > 0 and highest > JUMP * middle:
        fields = {
            "value": shown(highest),
            "times": f"{highest / middle:.0f}",
            "median": shown(middle),
        }
        yield _symptom("explodes", step, "norm", **fields)
    zeros = [step for step, value in finite if value == 0]
    if len(zeros) > 1 and finite[-1][1] == 0:
        last = max((step for step, value in finite if value != 0), default=-math.inf)
        yield _symptom("vanishes", min(s for s in zeros if s > last), "norm")


def _flat(loss: Series) -> Iterator[Symptom]:
    values = loss.finite
    if len(values) < FEW:
        return
    tenth = max(len(values) // 10, 1)
    first, last = fmean(values[:tenth]), fmean(values[-tenth:])
    sums = [0.0, *accumulate(values)]
    lowest = min((b - a) / tenth for a, b in zip(sums, sums[tenth:], strict=False))
    if first and abs(first - lowest) < FLAT * abs(first):
        fields = {"first": shown(first), "last": shown(last), "count": str(len(values))}
        yield _symptom("flat", loss.points[0][0], "train_loss", **fields)


def _held_out(log: Log) -> Iterator[Symptom]:
    for train_role, valid_role, sign in (
        ("train_loss", "valid_loss", 1),
        ("train_score", "valid_score", -1),
    ):
        train, valid = log.of(train_role), log.of(valid_role)
        if valid is None:
            continue
        if sign < 0:
            perfect = [point for point in valid.points if PERFECT <= point[1] <= 1]
            if perfect:
                yield _symptom("too_good", perfect[0][0], valid_role, value=shown(perfect[0][1]))
        if train is None:
            continue
        pairs = list(_pairs(train, valid))
        better = [step for step, a, b in pairs if sign * (a - b) > 0.02 * abs(a)]
        if len(pairs) >= 3 and len(better) >= 0.8 * len(pairs):
            fields = {
                "valid": WORDS["titles"][valid_role],
                "train": WORDS["titles"][train_role],
                "count": str(len(better)),
                "all": str(len(pairs)),
            }
            yield _symptom("better_held_out", better[0], valid_role, **fields)


def _pairs(train: Series, valid: Series) -> Iterator[tuple[float, float, float]]:
    """The validation values, each with the training value of its step or the last one before."""
    points = sorted(point for point in train.points if math.isfinite(point[1]))
    for step, value in valid.points:
        earlier = bisect_right(points, (step, math.inf))
        if earlier and math.isfinite(value):
            yield step, points[earlier - 1][1], value


def shown(value: float) -> str:
    """A number for people: ``0.0123``, ``1.2e+06``, ``NaN``, ``inf``."""
    if math.isnan(value):
        return "NaN"
    return f"{value:.3g}"


def _plain(step: float) -> str:
    return f"{step:.0f}" if step == int(step) else f"{step:g}"
