"""Whether two pieces of one table share rows, for certain."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from triptych_lint.timeline.pieces import Piece
from triptych_lint.timeline.values import Const, Value

_FAR = 1 << 62
_DATE = re.compile(r"\d{4}(-\d{2}){0,2}$")


@dataclass(frozen=True, slots=True)
class _Range:
    """Rows from ``low`` up to but without ``high``, counted from the front or from the back."""

    axis: str
    low: Any
    high: Any


def overlap(one: Piece, other: Piece) -> bool:
    """Whether two slices of the same rows share some."""
    if one is other or one.of is None or one.of is not other.of:
        return False
    if _same(one, other):
        return True
    left, right = _range(one), _range(other)
    if left is None or right is None:
        return False
    if left.axis == right.axis:
        return bool(max(left.low, right.low) < min(left.high, right.high))
    # One is counted from the front and one from the back: they meet where both reach an end.
    ends = {left.axis: left, right.axis: right}
    if set(ends) != {"front", "back"}:
        return False
    front, back = ends["front"], ends["back"]
    return (front.high == _FAR and back.high == 0) or (front.low == 0 and back.low == -_FAR)


def within(one: Piece, other: Piece) -> bool:
    """Whether all rows of the slice ``one`` are known to be rows of the slice ``other``."""
    inner, outer = _range(one), _range(other)
    if _same(one, other):
        return True
    if inner is None or outer is None or inner.axis != outer.axis:
        return False
    return bool(outer.low <= inner.low and inner.high <= outer.high)


def one_label(one: Piece, other: Piece) -> bool:
    """Whether two slices share the label at which one ends and the other starts, and no more."""
    ends = {(_text(one.upper), _text(other.lower)), (_text(other.upper), _text(one.lower))}
    return one.how == other.how == "label" and any(a == b != "" for a, b in ends)


def _same(one: Piece, other: Piece) -> bool:
    """Whether two slices have the same bounds, whatever these are."""
    pairs = ((one.lower, other.lower), (one.upper, other.upper))
    sliced = one.how == other.how and one.how in ("slice", "label")
    return sliced and all(a is b or _text(a) == _text(b) != "" for a, b in pairs)


def _text(value: Value | None) -> str:
    return repr(value.value) if isinstance(value, Const) else ""


def _range(piece: Piece) -> _Range | None:
    if piece.how not in ("slice", "label"):
        return None
    bounds = (piece.lower, piece.upper)
    if any(value is not None and not isinstance(value, Const) for value in bounds):
        return None
    low, high = (value.value if isinstance(value, Const) else None for value in bounds)
    if isinstance(low, str) or isinstance(high, str):
        texts = [text for text in (low, high) if text is not None]
        if not all(isinstance(text, str) and _DATE.match(text) for text in texts):
            return None
        return _Range("dates", low or "", f"{high}~" if high else "~")
    if not all(value is None or type(value) is int for value in (low, high)):
        return None
    if piece.how == "label":
        return _Range("label", -_FAR if low is None else low, _FAR if high is None else high + 1)
    if (low is None or low >= 0) and (high is None or high >= 0):
        return _Range("front", low or 0, _FAR if high is None else high)
    if (low is None or low < 0) and (high is None or high < 0):
        return _Range("back", -_FAR if low is None else low, 0 if high is None else high)
    return None
