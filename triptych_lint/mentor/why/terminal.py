"""The conversation in the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from triptych_lint.mentor.logs.curves import curve
from triptych_lint.mentor.logs.series import WORDS as LOG_WORDS
from triptych_lint.mentor.logs.symptoms import shown
from triptych_lint.mentor.skills import deeper
from triptych_lint.mentor.why.chapter import WORDS, Chapter, Next
from triptych_lint.mentor.why.conversation import Conversation
from triptych_lint.report.look import Look
from triptych_lint.report.preview import preview

LABEL = 12
"""Columns of the words at the left: does, settled, open, next."""
CURVE_WIDTH, CURVE_HEIGHT = 56, 3
DOES = 8
"""Lines of the script that a chapter names at most."""
PATCH = {"+": "green", "-": "red"}
COLOURS = {"does": None, "settled": "green", "open": "red", "next": "cyan"}


def render(conversation: Conversation, look: Look) -> Iterator[str]:
    """The conversation as lines."""
    yield look.paint(conversation.reading.path, bold=True)
    if conversation.log is not None:
        yield ""
        yield from _log(conversation, look)
    else:
        yield from _wrapped(WORDS["opening"], "", look.width)
    for chapter in conversation.chapters:
        yield ""
        yield from _chapter(chapter, conversation, look)
    further = deeper(o.diagnostic for chapter in conversation.chapters for o in chapter.open)
    if further is not None:
        yield ""
        yield look.paint(further, dim=True)
    if conversation.is_settled:
        yield ""
        closing = "closing" if conversation.has_gradients else "closing_library"
        yield from _wrapped(WORDS[closing], "", look.width)


def _log(conversation: Conversation, look: Look) -> Iterator[str]:
    log = conversation.log
    assert log is not None
    count = max(len(series.points) for series in log.series.values())
    yield look.paint(WORDS["log"].format(path=log.path, how=log.how, count=count), bold=True)
    marked = {symptom.role for symptom in conversation.symptoms}
    for role, series in log.roles.items():
        values = series.finite
        span = (
            f"{shown(values[0])} to {shown(series.values[-1])}" if values else shown(float("nan"))
        )
        title = LOG_WORDS["titles"][role]
        colour = "red" if role in marked else "cyan"
        rows = curve(series, CURVE_WIDTH, CURVE_HEIGHT, unicode=look.unicode)
        for index, row in enumerate(rows):
            label = f"{title:<16}" if index == 0 else f"{span if index == 1 else '':<16}"
            yield f"  {label}  {look.paint(row, colour)}".rstrip()
        if len(rows) == 1:
            yield f"  {span}"
    yield ""
    for symptom in conversation.symptoms:
        yield from _wrapped(symptom.said, "  ", look.width, first="! ", look=look, colour="red")
    if not conversation.symptoms:
        yield from _wrapped(LOG_WORDS["none"], "  ", look.width)
    else:
        first = WORDS["names"][conversation.symptoms[0].pitfall]
        said = WORDS["opening_log"].format(path=log.path, first=first)
        yield from _wrapped(said, "  ", look.width)


def _chapter(chapter: Chapter, conversation: Conversation, look: Look) -> Iterator[str]:
    yield look.paint(f"{chapter.pitfall}  {chapter.title}", bold=True)
    yield from _does(chapter, conversation, look)
    yield from _labelled("settled", chapter.settled, look)
    yield from _open(chapter, look)
    label = WORDS["labels"]["next"]
    for step in chapter.next:
        yield from _next(step, label, conversation, look)
        label = ""


def _does(chapter: Chapter, conversation: Conversation, look: Look) -> Iterator[str]:
    label = WORDS["labels"]["does"]
    path = conversation.reading.path
    rows: list[str] = []
    for moment in chapter.does[:DOES]:
        region = moment.region
        cell = "" if region.cell is None else f"cell {region.cell}:"
        name = "" if region.filename == path else f"{region.filename.rpartition('/')[2]}:"
        rows.append(f"{name}{cell}{region.start.row}  {moment.words}")
    width = max((row.index("  ") for row in rows), default=0)
    for row in rows:
        place, _, said = row.partition("  ")
        yield f"  {look.paint(f'{label:<{LABEL}}', dim=True)}{place:>{width}}  {said}"
        label = ""
    if len(chapter.does) > DOES:
        more = f"{len(chapter.does) - DOES} more"
        yield f"  {'':<{LABEL}}{'':>{width}}  {look.paint(more, dim=True)}"
    for remark in chapter.remarks:
        yield from _entry(label, remark, look, None)
        label = ""


def _labelled(key: str, texts: list[str], look: Look) -> Iterator[str]:
    label = WORDS["labels"][key]
    for text in texts:
        yield from _entry(label, text, look, COLOURS[key])
        label = ""


def _open(chapter: Chapter, look: Look) -> Iterator[str]:
    label = WORDS["labels"]["open"]
    for entry in chapter.open:
        text = f"{entry.diagnostic.question} ({entry.diagnostic.code}"
        text += f", {WORDS['labels']['silenced']})" if entry.silenced else ")"
        yield from _entry(label, text, look, COLOURS["open"])
        label = ""
    for text in chapter.unasked:
        yield from _entry(label, text, look, COLOURS["open"])
        label = ""
    if chapter.is_settled:
        yield from _entry(label, WORDS["labels"]["clear"], look, None)


def _next(step: Next, label: str, conversation: Conversation, look: Look) -> Iterator[str]:
    if step.said:
        yield from _entry(label, step.said, look, None)
        label = ""
    pad = " " * (LABEL + 2)
    if step.command:
        head = f"  {look.paint(f'{label:<{LABEL}}', dim=True)}" if label else pad
        yield f"{head}$ {look.paint(step.command, COLOURS['next'])}"
    for line in step.patch:
        yield f"{pad}{look.paint(line, PATCH.get(line[:1]))}"
    if step.fix is not None and step.fix.fix is not None:
        source = conversation.reading.source
        narrow = Look(look.colour, look.width - LABEL, look.unicode)
        for line in preview(step.fix.fix, source, step.fix.region.cell, narrow):
            yield f"{' ' * LABEL}{line}"


def _entry(label: str, text: str, look: Look, colour: str | None) -> Iterator[str]:
    room = look.width - LABEL - 2
    head = look.paint(f"{label:<{LABEL}}", dim=True)
    for line in textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False):
        yield f"  {head}{look.paint(line, colour)}"
        head = " " * LABEL


def _wrapped(
    text: str,
    indent: str,
    width: int,
    *,
    first: str = "",
    look: Look | None = None,
    colour: str | None = None,
) -> Iterator[str]:
    rest = indent + " " * len(first)
    lines = textwrap.wrap(
        text, width, initial_indent=indent + first, subsequent_indent=rest, break_long_words=False
    )
    yield from (look.paint(line, colour) if look else line for line in lines)
