"""A story in the terminal: the eight steps, then the run with its loops drawn around it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from rich.cells import cell_len

from triptych_lint.mentor.story.model import Part, Story
from triptych_lint.mentor.story.moments import WORDS, Loop, Moment
from triptych_lint.mentor.story.steps import Step
from triptych_lint.mentor.words import counted, listed
from triptych_lint.model import Diagnostic, Region
from triptych_lint.report.look import WIDEST, Look
from triptych_lint.report.strip import Strip

COLOURS = {
    "random": "magenta",
    "data": "blue",
    "learn": "green",
    "watch": "cyan",
    "result": "yellow",
}
SAID = 50
"""Columns for what is said, before the line of the script, at most."""
NOTE = 50
MARKS = 3


def render(story: Story, look: Look) -> Iterator[str]:
    """The story as lines."""
    yield look.paint(story.path, bold=True)
    yield ""
    for step in story.steps:
        yield _step(step, story, look)
    if any(step.state == "unseen" for step in story.steps):
        yield ""
        yield "  " + look.paint(WORDS["unseen_note"], dim=True)
    for part in story.parts:
        yield ""
        yield f"  {look.paint(part.title, bold=True)}"
        yield from _part(part, story, look)
    if story.elsewhere:
        yield ""
        yield "  " + look.paint(WORDS["titles"]["also"], bold=True)
        for diagnostic in story.elsewhere:
            yield from _question(diagnostic, 4, "", look, where=_place(diagnostic.region, story))
    if not story.complete:
        yield ""
        yield "  " + look.paint(WORDS["titles"]["cut"], dim=True)


def _step(step: Step, story: Story, look: Look) -> str:
    number = look.paint(f"{step.number:>3}", "bright_blue", bold=True)
    title = f"{step.title:<26}"
    if step.state == "unseen":
        return f"{number}  {look.paint(title + WORDS['unseen'], dim=True)}"
    notes: dict[str, list[str]] = {}
    for mark in step.marks:
        notes.setdefault(_cut(mark.note, NOTE, look), []).append(_place(mark.region, story))
    places = [_note(note, where) for note, where in notes.items()]
    dot = f" {look.glyph('dot')} "
    asked = counted(len(step.questions), "question") if step.questions else ""
    room = look.width - 31 - (len(asked) + 3 if asked else 0)
    off = WORDS["unreached"] + " " if step.state == "off" else ""
    said = _cut(off + dot.join(places), room, look)
    tail = dot + look.paint(asked, "red") if asked else ""
    return f"{number}  {title}{look.paint(said, dim=step.state == 'off')}{tail}"


def _part(part: Part, story: Story, look: Look) -> Iterator[str]:
    width = max((len(_place(m.region, story)) for m in part.moments), default=0)
    said = min(max(2 * len(m.loops) + cell_len(m.words) for m in part.moments), SAID)
    open_loops: tuple[Loop, ...] = ()
    for moment in part.moments:
        shared = 0
        for ours, theirs in zip(open_loops, moment.loops, strict=False):
            if ours != theirs:
                break
            shared += 1
        for depth in range(len(open_loops), shared, -1):
            yield _row("", "  " + _bars(depth - 1, look) + _corner(False, look), width, look)
        for depth, loop in enumerate(moment.loops[shared:], shared):
            bars = "  " + _bars(depth, look) + _corner(True, look)
            head = _cut(loop.head, look.width - width - len(bars) - 8, look)
            where = _place(loop.region, story)
            yield _row(where, f"{bars} {look.paint(head, dim=True)}", width, look)
        open_loops = moment.loops
        yield from _moment(moment, story, width, said, look)
    for depth in range(len(open_loops), 0, -1):
        yield _row("", "  " + _bars(depth - 1, look) + _corner(False, look), width, look)


def _bars(depth: int, look: Look) -> str:
    return f"{look.glyph('bar')} " * depth


def _corner(opens: bool, look: Look) -> str:
    if not look.unicode:
        return "+-" if opens else "`-"
    return "╭─" if opens else "╰─"


def _row(where: str, text: str, width: int, look: Look) -> str:
    return f"  {look.paint(f'{where:>{width}}', 'bright_blue')} {text}".rstrip()


def _moment(moment: Moment, story: Story, width: int, column: int, look: Look) -> Iterator[str]:
    colour = COLOURS[moment.lane]
    glyph = ("●" if moment.sure else "○") if look.unicode else ("*" if moment.sure else "o")
    bars = _bars(len(moment.loops), look)
    said = moment.words
    pad = " " * max(2, column + 2 - len(bars) - cell_len(said))
    room = look.width - width - 3 - len(bars) - 4 - cell_len(said) - len(pad)
    code = look.paint(_cut(_code(moment, story), room, look), dim=True) if room > 12 else ""
    text = f"  {bars}{look.paint(glyph, colour)} {look.paint(said, colour)}{pad}{code}"
    yield _row(_place(moment.region, story), text, width, look)
    for diagnostic in moment.questions:
        yield from _question(diagnostic, width + 5, bars, look)


def _code(moment: Moment, story: Story) -> str:
    source = story.sources.get(moment.region.filename)
    if source is None:
        return ""
    line = source.line(moment.region.start.row, moment.region.cell)
    return Strip.of(line.strip(), WIDEST, [], Look()).text


def _question(
    diagnostic: Diagnostic, indent: int, bars: str, look: Look, *, where: str = ""
) -> Iterator[str]:
    colour = look.severity_colour(diagnostic.severity)
    room = max(look.width - indent - len(bars) - 2, 40)
    text = f"{where} {diagnostic.question} ({diagnostic.code})".strip()
    for number, line in enumerate(textwrap.wrap(text, room, break_long_words=False)):
        lead = "? " if number == 0 else "  "
        yield f"{' ' * indent}{bars}{look.paint(lead + line, colour)}"


def _place(region: Region, story: Story) -> str:
    """``56``, ``cell 3:4``, or ``utils.py:12`` for another file."""
    line = (
        str(region.start.row) if region.cell is None else f"cell {region.cell}:{region.start.row}"
    )
    if region.filename == story.path:
        return line
    return f"{region.filename.replace(chr(92), '/').rpartition('/')[2]}:{line}"


def _note(note: str, places: list[str]) -> str:
    """``printed as it goes (lines 52 and 57)``."""
    shown = places[:MARKS] if len(places) <= MARKS else [*places[: MARKS - 1], "others"]
    plain = all(place.isdigit() for place in places)
    lead = ("line " if len(places) == 1 else "lines ") if plain else ""
    return str(WORDS["place"]).format(note=note, place=lead + listed(shown))


def _cut(text: str, room: int, look: Look) -> str:
    """``text``, cut to ``room`` columns."""
    if cell_len(text) <= room:
        return text
    cut = look.glyph("cut")
    while text and cell_len(text) + len(cut) > room:
        text = text[:-1]
    return text.rstrip() + cut
