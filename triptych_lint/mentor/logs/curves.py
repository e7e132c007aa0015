"""Curves in the terminal, in dots of braille; in plain letters where there is no Unicode."""

from __future__ import annotations

import math
from collections.abc import Sequence

from triptych_lint.mentor.logs.series import Series

DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
STEPS = " .:-=+*#"


def curve(series: Series, width: int, height: int, *, unicode: bool) -> list[str]:
    """The rows of a drawing of a curve, ``width`` characters wide; gaps where it is not finite."""
    columns = 2 * width if unicode else width
    values = _sampled(series.values, columns)
    finite = [value for value in values if value is not None]
    if not finite:
        return [" " * width] * height
    logarithmic = min(finite) > 0 and max(finite) > 100 * min(finite)
    scaled = [v if v is None else math.log10(v) if logarithmic else v for v in values]
    low = min(v for v in scaled if v is not None)
    high = max(v for v in scaled if v is not None)
    spread = (high - low) or 1.0
    shares = [None if v is None else (v - low) / spread for v in scaled]
    if not unicode:
        marks = (" " if s is None else STEPS[1 + round(s * (len(STEPS) - 2))] for s in shares)
        return ["".join(marks).ljust(width)]
    cells = [[0] * width for _ in range(height)]
    for column, share in enumerate(shares):
        if share is None:
            continue
        row = round((1 - share) * (4 * height - 1))
        cells[row // 4][column // 2] |= DOTS[row % 4][column % 2]
    return ["".join(chr(0x2800 + cell) for cell in row) for row in cells]


def _sampled(values: Sequence[float], columns: int) -> list[float | None]:
    """One value per column: the mean of those that fall into it, None where one is not finite."""
    if not values:
        return []
    count = min(columns, len(values))
    found: list[float | None] = []
    for column in range(columns):
        place = column * count // columns
        piece = values[place * len(values) // count : (place + 1) * len(values) // count]
        finite = all(math.isfinite(value) for value in piece)
        found.append(sum(piece) / len(piece) if finite and piece else None)
    return found
