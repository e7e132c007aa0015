"""Lines that only IPython understands, hidden so that the rest of a cell is plain Python.

What is hidden becomes a name of underscores of the same length, so that every offset stays what
it was, a line of a block stays a statement, and the value of ``files = !ls`` stays unknown.
"""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass

from triptych_lint.lexer import logical_line
from triptych_lint.model import Span

RUNS_ITS_CELL = frozenset({
    "capture", "debug", "ipytest", "memit", "mprun", "prun", "pypy", "python", "python2",
    "python3", "scalene", "time", "timeit", "wandb",
})  # fmt: skip
"""Cell magics whose cell is Python that runs here."""

RUNS_ITS_LINE = frozenset({"memit", "prun", "time", "timeit"})
"""Line magics that run the rest of their line."""

AUTOMAGICS = frozenset({
    "alias", "autoawait", "autoreload", "bookmark", "cat", "cd", "clear", "colors", "conda",
    "config", "cp", "debug", "dhist", "dirs", "doctest_mode", "ed", "edit", "env", "gui", "hist",
    "history", "killbgscripts", "ldir", "less", "lf", "lk", "ll", "load", "load_ext", "loadpy",
    "logoff", "logon", "logstart", "logstop", "ls", "lsmagic", "lx", "macro", "magic", "mamba",
    "man", "matplotlib", "memit", "micromamba", "mkdir", "more", "mv", "notebook", "page",
    "pastebin", "pdb", "pdef", "pdoc", "pfile", "pinfo", "pinfo2", "pip", "popd", "pprint",
    "precision", "prun", "psearch", "psource", "pushd", "pwd", "pycat", "pylab", "recall",
    "rehashx", "reload_ext", "rep", "rerun", "reset", "reset_selective", "rm", "rmdir", "run",
    "save", "sc", "set_env", "store", "sx", "system", "tb", "tensorboard", "time", "timeit",
    "unalias", "unload_ext", "uv", "who", "who_ls", "whos", "xdel", "xmode",
})  # fmt: skip
"""Words that IPython takes for a magic at the start of a line, though no ``%`` precedes them."""

_SUSPICIOUS = re.compile(
    r"(?:^|\r)[ \t]*(?:[%!?,;/]|(?:" + "|".join(sorted(AUTOMAGICS)) + r")[ \t])|=[ \t]*[!%]|\?",
    re.MULTILINE,
)
_CELL_MAGIC = re.compile(r"[ \t]*%%([\w.!]*)")
_LINE = re.compile(r"(?:[^\r\n\\]+|\\(?:\r\n|\r|\n)?)*")
"""A line, with those that a backslash at the end joins to it."""
_ESCAPED = re.compile(r"[ \t]*([%!?,;/])")
_ASSIGNED = re.compile(r"[ \t]*(?:[\w.,* \t]|\[[^\]\r\n]*\])+=[ \t]*(?=[!%])")
_HELP = re.compile(r"""[^#'"\r\n]*[\w\])*]\?\??[ \t]*;?[ \t]*""")
_WORD = re.compile(r"[ \t]*([A-Za-z_]\w*)[ \t]+(?=\S)")
_OPERATOR = re.compile(r"[-+*/%@&|^<>=!]*=|(?:and|or|in|is|if|not|for|as)\b|[<>|&^,;:()\[\]]")
_RUN_LINE = re.compile(r"[ \t]*(%(\w+)(?:[ \t]+-\w+(?:[ \t]+\d+)?)*[ \t]+)(?=\S)")


@dataclass(frozen=True, slots=True)
class Masked:
    """A cell as plain Python: ``hidden`` are the lines that are not what they were.

    Nothing may be put in front of ``head``, the end of the magics that apply to the whole cell.
    """

    text: str
    hidden: tuple[Span, ...] = ()
    head: int = 0


def mask(text: str) -> Masked | None:
    """Hide the magics of a cell; None if the cell is not Python that runs in the notebook."""
    if not _SUSPICIOUS.search(text):
        return Masked(text)
    head = start = 0
    hidden: list[Span] = []
    masked = text
    while start < len(text):
        if (magic := _CELL_MAGIC.match(text, start)) and magic[1] not in RUNS_ITS_CELL:
            return None
        line = _line(text, start)
        covered = _covered(text[line.start : line.end])
        if covered is None:
            start = logical_line(text, start).next
            continue
        hidden.append(line)
        masked = masked[: line.start] + covered + masked[line.end :]
        start = line.end + (2 if text.startswith("\r\n", line.end) else 1)
        if magic and not text[head : line.start].strip():
            head = min(start, len(text))
    return Masked(masked, tuple(hidden), head)


def _line(text: str, start: int) -> Span:
    match = _LINE.match(text, start)
    return Span(start, match.end() if match else start)


def _covered(line: str) -> str | None:
    """What stands for a line in plain Python; None if the line is Python already."""
    if escape := _ESCAPED.match(line):
        return _running(line) or _from(line, escape.start(1))
    if assigned := _ASSIGNED.match(line):
        return _from(line, assigned.end())
    if _HELP.fullmatch(line):
        return _from(line, len(line) - len(line.lstrip()))
    if _is_automagic(line):
        return _from(line, len(line) - len(line.lstrip()))
    return None


def _running(line: str) -> str | None:
    """``%time model.fit(x)`` as ``_;    model.fit(x)``; None if nothing runs there."""
    match = _RUN_LINE.match(line)
    if match is None or match[2] not in RUNS_ITS_LINE:
        return None
    start, end = match.span(1)
    covered = f"{line[:start]}_;{' ' * (end - start - 2)}{line[end:]}"
    return covered if _is_python(covered.strip()) else None


def _is_automagic(line: str) -> bool:
    word = _WORD.match(line)
    if word is None or word[1] not in AUTOMAGICS or _OPERATOR.match(line, word.end()):
        return False
    return not _is_python(line.strip())


def _is_python(statement: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(statement)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _from(line: str, start: int) -> str:
    return line[:start] + _blank(line[start:])


def _blank(line: str) -> str:
    """Underscores, and spaces on the lines that a backslash joins."""
    first, *joined = re.split(r"(\r\n|\r|\n)", line)
    return "_" * len(first) + "".join(
        piece if index % 2 == 0 else " " * len(piece) for index, piece in enumerate(joined)
    )
