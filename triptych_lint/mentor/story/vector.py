"""A story as a picture: SVG that stands by itself, in light and dark."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from html import escape
from pathlib import Path

from triptych_lint.mentor.story.model import Part, Story
from triptych_lint.mentor.story.moments import WORDS, Loop, Moment
from triptych_lint.mentor.story.steps import Step
from triptych_lint.model import Region

WIDTH, MARGIN, ROW, INDENT = 960, 32, 24, 20
GLYPH = 7.45
"""The width of a letter of the 12.4px monospaced face; SVG cannot measure."""


def render(story: Story) -> str:
    """The picture; as wide as a page, and as high as the run is long."""
    drawing = _Drawing(story)
    body = "\n".join(drawing.draw())
    height = drawing.y + MARGIN
    style = (Path(__file__).parent / "vector.css").read_text("utf-8")
    label = escape(WORDS["page"]["title"].format(path=story.path), quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}"'
        f' width="{WIDTH}" height="{height:.0f}" role="img" aria-label="{label}">\n'
        f"<style>\n{style}</style>\n"
        f'<rect class="paper" width="100%" height="100%"/>\n{body}\n</svg>\n'
    )


class _Drawing:
    """Draws from the top down; ``y`` is where the next thing goes."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.y: float = MARGIN

    def draw(self) -> Iterator[str]:
        self.y += 12
        yield _text(MARGIN, self.y, self.story.path, "ink big")
        self.y += 18
        yield from self._steps()
        for part in self.story.parts:
            self.y += 34
            yield _text(MARGIN, self.y, _plain(part.title), "soft bold")
            self.y += 10
            yield from self._part(part)

    def _steps(self) -> Iterator[str]:
        across, gap, height = 4, 10, 52
        width = (WIDTH - 2 * MARGIN - (across - 1) * gap) / across
        for index, step in enumerate(self.story.steps):
            x = MARGIN + (index % across) * (width + gap)
            y = self.y + (index // across) * (height + gap)
            yield (
                f'<rect class="box {step.state}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}"'
                f' height="{height}" rx="9"/>'
            )
            tone = "soft" if step.state == "unseen" else "ink bold"
            room = int((width - 20) / GLYPH)
            yield _text(x + 12, y + 21, f"{step.number} {step.title}"[:room], tone)
            yield _text(x + 12, y + 40, _cut(_step_note(step), room), "soft")
        self.y += 2 * (height + gap) - gap

    def _part(self, part: Part) -> Iterator[str]:
        loops: list[tuple[Loop, float]] = []
        for moment in part.moments:
            shared = 0
            for (ours, _), theirs in zip(loops, moment.loops, strict=False):
                if ours != theirs:
                    break
                shared += 1
            while len(loops) > shared:
                yield self._close(loops)
            for loop in moment.loops[shared:]:
                self.y += ROW
                x = MARGIN + len(loops) * INDENT
                room = int((WIDTH - 2 * MARGIN - x - 80) / GLYPH)
                yield _text(x + 14, self.y, _cut(loop.head, room), "soft")
                yield self._where(loop.region)
                loops.append((loop, self.y - 4))
            yield from self._moment(moment)
        while loops:
            yield self._close(loops)

    def _close(self, loops: list[tuple[Loop, float]]) -> str:
        _, top = loops.pop()
        x = MARGIN + len(loops) * INDENT + 4
        self.y += 6
        return (
            f'<path class="line" fill="none" stroke-width="1.6"'
            f' d="M{x + 7} {top:.1f} h-2 a5 5 0 0 0 -5 5 V{self.y - 1:.1f} a5 5 0 0 0 5 5 h2"/>'
        )

    def _moment(self, moment: Moment) -> Iterator[str]:
        self.y += ROW
        x = MARGIN + len(moment.loops) * INDENT
        maybe = "" if moment.sure else " maybe"
        yield f'<circle class="{moment.lane}{maybe}" cx="{x + 5}" cy="{self.y - 4:.1f}" r="4.6"/>'
        room = int((WIDTH - MARGIN - x - 200) / GLYPH)
        yield _text(x + 20, self.y, _cut(_plain(moment.words), room), "ink")
        yield self._where(moment.region)
        room = int((WIDTH - MARGIN - x - 34) / GLYPH)
        for diagnostic in moment.questions:
            said = f"? {_plain(diagnostic.question)} ({diagnostic.code})"
            for line in textwrap.wrap(said, room, subsequent_indent="  ", break_long_words=False):
                self.y += 18
                yield _text(x + 20, self.y, line, "ask")
            self.y += 4

    def _where(self, region: Region) -> str:
        cell = "" if region.cell is None else f"cell {region.cell}:"
        name = region.filename.replace("\\", "/").rpartition("/")[2]
        own = region.filename == self.story.path
        where = f"{'' if own else name + ':'}{cell}{region.start.row}"
        return _text(WIDTH - MARGIN, self.y, where, "soft", end=True)


def _step_note(step: Step) -> str:
    if not step.marks:
        return str(WORDS["unseen"])
    lead = f"{WORDS['unreached']} " if step.state == "off" else ""
    return lead + " · ".join(dict.fromkeys(_plain(mark.note) for mark in step.marks))


def _text(x: float, y: float, text: str, kind: str, *, end: bool = False) -> str:
    anchor = ' text-anchor="end"' if end else ""
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}"{anchor} xml:space="preserve">'
        f"{escape(text)}</text>"
    )


def _plain(text: str) -> str:
    return text.replace("`", "")


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else text[: max(room - 1, 0)].rstrip() + "…"
