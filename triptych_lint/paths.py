"""How paths are shown to people."""

from __future__ import annotations

import os
from pathlib import Path


def displayed(path: str | Path) -> str:
    """``path`` as people would type it from the current folder, safe to print on one line.

    Bytes that are no UTF-8 and control characters appear as escapes (``caf\\xe9.py``).
    """
    text = os.fspath(path)
    if os.path.isabs(text):
        here = os.getcwd()
        if text == here:
            return "."
        if text.startswith(here.rstrip(os.sep) + os.sep):
            text = text[len(here.rstrip(os.sep)) + 1 :]
    return printable(text)


def printable(text: str) -> str:
    """``text`` with everything that a terminal could choke on written as an escape."""
    if text.isprintable():
        return text
    text = os.fsencode(text).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
