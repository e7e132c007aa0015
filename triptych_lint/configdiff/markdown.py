"""Comparisons as Markdown, for a pull request or a notebook of experiments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from triptych_lint.configdiff.compare import FileDiff
from triptych_lint.configdiff.table import rows, uncounted
from triptych_lint.model import Diagnostic

if TYPE_CHECKING:
    from triptych_lint.configdiff.report import Compared

_SPECIAL = str.maketrans({c: f"\\{c}" for c in "\\|*_<>[]"} | {"`": "'"})


def render(compared: Compared) -> Iterator[str]:
    """A heading, a table and the questions for each file that differs."""
    pairs = list(zip(compared.changeset.files, compared.reports, strict=True))
    if compared.commit and any(file.runs for file, _ in pairs):
        yield f"## {_text(str(compared.commit))}\n\n"
    for file, report in pairs:
        if file.runs:
            yield _file(file)
        for asked in report.diagnostics:
            yield _question(asked)


def _file(file: FileDiff) -> str:
    lines = [f"### {_code(file.config.path)}", "", f"Compared with {_text(file.base)}.", ""]
    for run in file.runs:
        if run.section:
            lines += [f"**{_text(run.section)}**", ""]
        found = list(rows(run))
        if found:
            lines += _table([("group", "key", "old", "new", "tied to")])
            lines += ["| --- | --- | --- | --- | --- |"]
            lines += _table([_cells(row, counts) for *row, counts in found])
            lines.append("")
        for line in uncounted(run):
            lines += [_text(f"{line[:1].upper()}{line[1:]}."), ""]
    return "\n".join(lines) + "\n"


def _cells(row: Sequence[object], counts: bool) -> tuple[str, ...]:
    group, key, old, new, tie = (str(cell) for cell in row)
    name = _text(group)
    cells = (_code(key), _code(old), _code(new), _text(tie))
    return (f"**{name}**" if counts else name, *cells)


def _table(lines: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(line)} |" for line in lines]


def _question(asked: Diagnostic) -> str:
    place = f"{asked.region.filename}:{asked.region.start.row}"
    return f"> **{asked.code}** {_text(asked.question)} ({_code(place)})\n\n"


def _text(text: str) -> str:
    return text.translate(_SPECIAL)


def _code(text: str) -> str:
    """``text`` in the type of code; a bar would end the cell of a table."""
    return f"`{text.replace('`', chr(39)).replace('|', '¦')}`"
