"""How text may look where it is going: colours, width, and which characters exist there."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TextIO

import click

from triptych_lint.model import Severity

PLAIN_WIDTH = 100
WIDEST = 120

_UNICODE = {"bar": "│", "gap": "┊", "cut": "…", "hook": "╰", "dot": "·"}
_ASCII = {"bar": "|", "gap": ":", "cut": "~", "hook": "`", "dot": "-"}


@dataclass(frozen=True, slots=True)
class Look:
    """The look of an output; the plain default is what a file or a pipe gets."""

    colour: bool = False
    width: int = PLAIN_WIDTH
    unicode: bool = True

    @classmethod
    def of(cls, stream: TextIO, colour: bool | None = None) -> Look:
        """What suits ``stream``; ``colour`` overrules what the environment says."""
        terminal = stream.isatty()
        if colour is None:
            colour = _wants_colour(terminal)
        width = min(shutil.get_terminal_size().columns, WIDEST) if terminal else PLAIN_WIDTH
        return cls(colour, width, _can_write("".join(_UNICODE.values()), stream))

    def glyph(self, name: str) -> str:
        return (_UNICODE if self.unicode else _ASCII)[name]

    def paint(self, text: str, colour: str | None = None, **style: bool) -> str:
        """``text`` in a colour and with ``bold=True``, ``dim=True``... where colours are on."""
        if not self.colour or not (colour or style):
            return text
        return click.style(text, fg=colour, **style)

    def severity_colour(self, severity: Severity) -> str:
        return "red" if severity is Severity.WARNING else "yellow"

    def link(self, text: str, url: str) -> str:
        """``text`` as a link that terminals open; plain text elsewhere."""
        return f"\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\" if self.colour and url else text


def _wants_colour(terminal: bool) -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") != "0":
        return True
    return terminal and os.environ.get("TERM") != "dumb"


def _can_write(text: str, stream: TextIO) -> bool:
    try:
        text.encode(stream.encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return True
