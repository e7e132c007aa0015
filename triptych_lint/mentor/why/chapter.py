"""One chapter of the conversation: what the script does, what is settled and open, what is next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from triptych_lint.mentor.reading import Reading
from triptych_lint.mentor.story.moments import Moment
from triptych_lint.mentor.story.steps import Step
from triptych_lint.mentor.words import read
from triptych_lint.model import Diagnostic, Region, Safety
from triptych_lint.timeline.events import Event

WORDS = read("why/words.yaml")


@dataclass(frozen=True, slots=True)
class Open:
    """A question that is open; ``silenced`` if a comment in the script has silenced it."""

    diagnostic: Diagnostic
    silenced: bool = False


@dataclass(frozen=True, slots=True)
class Next:
    """What to do next: in words, with a command or a patch to copy, or a fix to look at."""

    said: str = ""
    command: str = ""
    patch: tuple[str, ...] = ()
    fix: Diagnostic | None = None


@dataclass(slots=True)
class Chapter:
    """What there is to say about one pitfall."""

    key: str
    does: list[Moment] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)
    open: list[Open] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)
    """Open questions that no rule asks."""
    next: list[Next] = field(default_factory=list)

    @property
    def title(self) -> str:
        return str(WORDS["chapters"][self.key]["title"])

    @property
    def pitfall(self) -> int:
        return int(WORDS["chapters"][self.key]["pitfall"])

    @property
    def is_settled(self) -> bool:
        return not self.open and not self.unasked


@dataclass(frozen=True, slots=True)
class Context:
    """What the chapters are told from."""

    reading: Reading
    told: tuple[Moment, ...]
    steps: tuple[Step, ...]

    def of(self, *kinds: str) -> list[Moment]:
        """The moments of these kinds, and those that share their line with another one."""
        return [m for one in self.told for m in (one, *one.also) if m.kind in kinds]

    def events(self, *kinds: str) -> Iterator[Event]:
        for run in self.reading.runs:
            yield from run.of(*kinds)

    def place(self, region: Region) -> str:
        """``line 12``, ``cell 3:4`` or ``utils.py:12``."""
        cell = "" if region.cell is None else f"cell {region.cell}:"
        if region.filename == self.reading.path:
            return f"{cell}{region.start.row}" if cell else f"line {region.start.row}"
        return f"{region.filename.replace(chr(92), '/').rpartition('/')[2]}:{region.start.row}"

    def place_of(self, event: Event) -> str:
        return self.place(event.place.module.source.region(event.place.span))

    def begin(self, key: str, does: Iterable[Moment]) -> Chapter:
        """A chapter with what it is about, and the questions of its rules."""
        prefixes = tuple(WORDS["chapters"][key]["prefixes"])
        # A function that is called twice is named once.
        chapter = Chapter(key, list({(m.region, m.words): m for m in does}.values()))
        chapter.open = [Open(d) for d in self.reading.asked if d.code.startswith(prefixes)]
        chapter.open += [
            Open(d, silenced=True) for d in self.reading.silenced if d.code.startswith(prefixes)
        ]
        return chapter

    def fixes(self, chapter: Chapter) -> Iterator[Next]:
        """The command that makes the changes on offer, with the changes."""
        fixable = [
            o.diagnostic
            for o in chapter.open
            if o.diagnostic.fix and o.diagnostic.fix.safety is not Safety.DISPLAY and not o.silenced
        ]
        for diagnostic in fixable:
            unsafe = diagnostic.fix and diagnostic.fix.safety is Safety.UNSAFE
            flags = "--fix --unsafe-fixes" if unsafe else "--fix"
            path = quoted(self.reading.path)
            yield Next(
                command=f"triptych-lint {path} --select {diagnostic.code} {flags}", fix=diagnostic
            )


def quoted(path: str) -> str:
    """A path as a shell takes it."""
    import shlex

    return shlex.quote(path)
