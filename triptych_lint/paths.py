"""How paths, and what is wrong with them, are told to people."""

from __future__ import annotations

import errno
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


def cause_of(error: OSError) -> str:
    """Why a path could not be used, in words that fit into brackets or behind a colon."""
    if error.errno == errno.ELOOP:
        return "symbolic link that leads back to itself"
    if isinstance(error, FileNotFoundError):
        return "no such file or folder"
    if isinstance(error, PermissionError):
        return "permission denied"
    return (error.strerror or str(error)).lower()
