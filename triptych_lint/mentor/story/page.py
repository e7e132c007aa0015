"""A story as one self-contained page: the steps on top, the run, and its source beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from string import Template

from triptych_lint.mentor.story import highlight
from triptych_lint.mentor.story.model import Part, Story
from triptych_lint.mentor.story.moments import WORDS, Loop, Moment
from triptych_lint.mentor.story.steps import Mark, Step
from triptych_lint.mentor.words import counted
from triptych_lint.model import Diagnostic, Region, Severity
from triptych_lint.source import Source

FOLDER = Path(__file__).parent


def render(story: Story) -> str:
    """The page, with everything that it needs inside."""
    page = _Page(story)
    words = WORDS["page"]
    unseen = any(step.state == "unseen" for step in story.steps)
    template = Template((FOLDER / "page.html").read_text("utf-8"))
    return template.substitute(
        title=escape(words["title"].format(path=story.path)),
        css=(FOLDER / "page.css").read_text("utf-8"),
        js=(FOLDER / "page.js").read_text("utf-8"),
        name=escape(story.path),
        counts=escape(_counts(story)),
        legend="".join(
            f'<span class="{lane}">{escape(name)}</span>' for lane, name in WORDS["lanes"].items()
        ),
        theme=escape(words["theme"]),
        steps="\n".join(page.step(step) for step in story.steps),
        aside=f'<p class="aside">{escape(WORDS["unseen_note"])}</p>' if unseen else "",
        run_label=escape(words["run"]),
        code_label=escape(words["code"]),
        runs="\n".join([*(page.part(part) for part in story.parts), *page.elsewhere()]),
        tabs="".join(page.tabs()),
        files="\n".join(page.files()),
        keys=words["keys"],
    )


def _counts(story: Story) -> str:
    said = [counted(len(story.moments), "event"), counted(len(story.sources), "file")]
    if story.asked:
        said.append(counted(len(story.asked), "question"))
    return " · ".join(said)


def _spoken(text: str) -> str:
    """Text with its `code` in code."""
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(text))


class _Page:
    """The parts of the page, which point at each other by the ids of source lines."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.numbers = {name: index for index, name in enumerate(story.sources)}

    def line(self, region: Region, row: int | None = None) -> str:
        """The id of a line of source; empty for a file that is not shown."""
        number = self.numbers.get(region.filename)
        if number is None:
            return ""
        return f"l{number}-{region.cell or 0}-{region.start.row if row is None else row}"

    def where(self, region: Region) -> str:
        cell = "" if region.cell is None else f"cell {region.cell}:"
        if region.filename == self.story.path:
            return f"{cell}{region.start.row}"
        return f"{_base(region.filename)}:{cell}{region.start.row}"

    def step(self, step: Step) -> str:
        asks = (
            f'<span class="asks">{counted(len(step.questions), "question")}</span>'
            if step.questions
            else ""
        )
        shown = {mark.note: mark for mark in reversed(step.marks)}
        marks = [mark for mark in step.marks if shown[mark.note] is mark]
        notes = " · ".join(self._mark(mark) for mark in marks[:3]) or escape(WORDS["unseen"])
        lead = f"{escape(WORDS['unreached'])} " if step.state == "off" else ""
        return (
            f'<li class="step {step.state}">{asks}<b><i>{step.number}</i>{escape(step.title)}</b>'
            f"<p>{lead}{notes}</p></li>"
        )

    def _mark(self, mark: Mark) -> str:
        line = self.line(mark.region)
        text = _spoken(mark.note)
        return f'<a class="goto" href="#{line}" data-line="{line}">{text}</a>' if line else text

    def part(self, part: Part) -> str:
        pieces = [f"<h2>{_spoken(part.title)}</h2>", "<ol>"]
        open_loops: tuple[Loop, ...] = ()
        for moment in part.moments:
            shared = 0
            for ours, theirs in zip(open_loops, moment.loops, strict=False):
                if ours != theirs:
                    break
                shared += 1
            pieces += ["</ol></li>"] * (len(open_loops) - shared)
            for loop in moment.loops[shared:]:
                pieces.append(
                    f'<li class="loop"><button type="button" class="head" tabindex="-1"'
                    f' data-line="{self.line(loop.region)}">{escape(loop.head)}</button><ol>'
                )
            open_loops = moment.loops
            pieces.append(self.moment(moment))
        pieces += ["</ol></li>"] * len(open_loops)
        return "".join([*pieces, "</ol>"])

    def moment(self, moment: Moment) -> str:
        lines = " ".join(self.line(moment.region, row) for row in moment.rows)
        why = [
            (self.line(evidence.region), evidence.message)
            for diagnostic in moment.questions
            for evidence in diagnostic.evidence
        ]
        asked = f' data-asked="1" data-why="{escape(json.dumps(why))}"' if moment.questions else ""
        maybe = "" if moment.sure else f' title="{escape(WORDS["page"]["maybe"])}"'
        kind = "event" if moment.sure else "event maybe"
        button = (
            f'<button type="button" class="{kind} {moment.lane}" tabindex="-1"{maybe}{asked}'
            f' data-line="{self.line(moment.region)}" data-lines="{lines}">'
            f'<span class="dot"></span><span>{_spoken(moment.words)}</span>'
            f'<span class="where">{escape(self.where(moment.region))}</span></button>'
        )
        return f"<li>{button}{''.join(self.question(d) for d in moment.questions)}</li>"

    def question(self, diagnostic: Diagnostic) -> str:
        note = " note" if diagnostic.severity is Severity.NOTE else ""
        return (
            f'<div class="question{note}">{_spoken(diagnostic.question)} '
            f'<a class="rule" href="{escape(diagnostic.url)}">{diagnostic.code}</a></div>'
        )

    def elsewhere(self) -> Iterator[str]:
        if self.story.elsewhere:
            yield f"<h2>{escape(WORDS['titles']['also'])}</h2>"
            yield from (self.question(diagnostic) for diagnostic in self.story.elsewhere)

    def tabs(self) -> Iterator[str]:
        for name, number in self.numbers.items():
            chosen = "false" if number else "true"
            yield (
                f'<button type="button" role="tab" id="t{number}" aria-controls="f{number}"'
                f' aria-selected="{chosen}"'
                f' data-file="f{number}" title="{escape(name)}">{escape(_base(name))}</button>'
            )

    def files(self) -> Iterator[str]:
        lanes: dict[str, str] = {}
        asked = {self.line(d.region) for d in self.story.asked}
        for moment in self.story.moments:
            for row in moment.rows:
                lanes.setdefault(self.line(moment.region, row), moment.lane)
        for name, number in self.numbers.items():
            hidden = " hidden" if number else ""
            rows = "".join(_rows(self.story.sources[name], number, lanes, asked))
            yield (
                f'<div class="file" id="f{number}" role="tabpanel" aria-labelledby="t{number}"'
                f"{hidden}>{rows}</div>"
            )


def _rows(source: Source, number: int, lanes: dict[str, str], asked: set[str]) -> Iterator[str]:
    for cell, text in source.shown_cells():
        if cell is not None:
            yield f'<div class="cell">cell {cell}</div>'
        for row, line in enumerate(_lines(text), 1):
            name = f"l{number}-{cell or 0}-{row}"
            lane = lanes.get(name)
            kind = "row" + (f" told {lane}" if lane else "") + (" asked" if name in asked else "")
            yield (
                f'<div class="{kind}" id="{name}"><span class="n">{row}</span>'
                f'<span class="m"></span><span>{line}</span></div>'
            )


def _lines(text: str) -> Sequence[str]:
    rows = highlight.lines(text)
    return rows[:-1] if rows and not rows[-1] else rows


def _base(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]
