"""A progress bar for people who wait."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE = 1.0
"""Seconds after which a bar appears."""
INTERVAL = 0.1
"""Seconds between two drawings."""


@contextmanager
def progress_bar(total: int) -> Iterator[Callable[[], None] | None]:
    """A function to call once per finished file; None where nobody watches.

    The bar is drawn on standard error, if that is a terminal, and leaves nothing behind.
    """
    if not sys.stderr.isatty():
        yield None
        return
    bar = _Bar(total)
    try:
        yield bar.advance
    finally:
        bar.close()


class _Bar:
    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._next = time.monotonic() + PATIENCE
        self._close: Callable[[], None] | None = None
        self._draw: Callable[[int], None] | None = None

    def advance(self) -> None:
        self._done += 1
        if time.monotonic() < self._next or self._done == self._total:
            return
        self._next = time.monotonic() + INTERVAL
        draw = self._draw or self._open()
        draw(self._done)

    def close(self) -> None:
        if self._close:
            self._close()

    def _open(self) -> Callable[[int], None]:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = (TextColumn("reading"), BarColumn(), MofNCompleteColumn())
        # Drawn from this thread only: forking workers beside a drawing thread could deadlock.
        bar = Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False)
        task = bar.add_task("", total=self._total)
        bar.start()

        def draw(done: int) -> None:
            bar.update(task, completed=done, refresh=True)

        self._draw, self._close = draw, bar.stop
        return draw
