"""Python source as HTML, line by line, with the few colours that reading needs."""

from __future__ import annotations

import keyword
import re
from html import escape

_TOKEN = re.compile(
    r"""
      (?P<c>\#[^\r\n]*)
    | (?P<s>(?i:[rbuf]{0,2})(?:\"\"\"(?:[^\\]|\\.)*?(?:\"\"\"|\Z)|'''(?:[^\\]|\\.)*?(?:'''|\Z)
      |"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*'))
    | (?P<d>(?<![\w.])\d[\w.]*(?:(?<=[eE])[+-]\d+)?)
    | (?P<k>(?<![\w.])(?:KEYWORDS)(?!\w))
    """.replace("KEYWORDS", "|".join(keyword.kwlist)),
    re.VERBOSE | re.DOTALL,
)


def lines(text: str) -> list[str]:
    """Each line of ``text`` as HTML; what spans lines is coloured on each of them."""
    pieces: list[str] = []
    done = 0
    for match in _TOKEN.finditer(text):
        pieces.append(escape(text[done : match.start()]))
        kind = match.lastgroup
        coloured = (f'<span class="{kind}">{escape(part)}</span>' for part in _rows(match[0]))
        pieces.append("\n".join(coloured))
        done = match.end()
    pieces.append(escape(text[done:]))
    return _rows("".join(pieces))


def _rows(text: str) -> list[str]:
    return re.split(r"\r\n|\r|\n", text)
