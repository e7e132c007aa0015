"""Character offsets from the rows and UTF-8 columns of Python's syntax tree."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from itertools import accumulate
from typing import Any

_CONTINUES = re.compile(rb"[\x80-\xbf]")


def spans_of(text: str) -> Callable[[Any], tuple[int, int]]:
    """What gives the (start, end) offsets in ``text`` of a node that ``ast`` read from it."""
    raw = text.encode()
    # The rows of bytes break where Python's do; those of a str break at more characters.
    starts = [0, *accumulate(map(len, raw.splitlines(keepends=True)), initial=0)]

    def of_ascii(node: Any) -> tuple[int, int]:
        return (
            starts[node.lineno] + node.col_offset,
            starts[node.end_lineno] + node.end_col_offset,
        )

    if text.isascii():
        return of_ascii
    continuing = [match.start() for match in _CONTINUES.finditer(raw)]

    def of_any(node: Any) -> tuple[int, int]:
        start, end = of_ascii(node)
        return start - bisect_left(continuing, start), end - bisect_left(continuing, end)

    return of_any
