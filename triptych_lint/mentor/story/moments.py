"""The events of a run as moments that can be told: worded, folded, and in order."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from triptych_lint import tree as t
from triptych_lint.mentor.words import listed, read
from triptych_lint.model import Diagnostic, Region
from triptych_lint.rule import Place
from triptych_lint.timeline.events import Event, Run, Sure
from triptych_lint.timeline.values import Const, Data, Obj

WORDS = read("story/words.yaml")
MOST = 400
"""Moments that a story holds at most."""
FIRST = {
    ("draw", "shuffle"),
    ("draw", "use"),
    ("generator", "settle"),
    ("observe", "report"),
    ("evaluate", "report"),
    ("track", "report"),
    ("train", "progress"),
    ("train", "draw"),
    ("train", "evaluate"),
    ("progress", "report"),
    ("clip", "observe"),
}
SECOND = {("report", "observe"), ("draw", "split"), ("fit", "train"), ("draw", "search")}
"""Of two moments of one line, which is told."""
LEARNING = ("train", "update", "search")


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop that the run is in: its head as written, and where it stands."""

    head: str
    region: Region


@dataclass(slots=True)
class Moment:
    """One thing that happens, worded; ``times`` counts the events that were folded into it."""

    kind: str
    lane: str
    said: str
    region: Region
    loops: tuple[Loop, ...]
    function: str
    sure: bool
    events: list[Event]
    times: int = 1
    rows: list[int] = field(default_factory=list)
    questions: list[Diagnostic] = field(default_factory=list)
    also: list[Moment] = field(default_factory=list)
    """What the same line does as well, and is not told."""

    @property
    def event(self) -> Event:
        """The event, or the first of those that are told together.

        What is read from the text alone (a look at the data) has none.
        """
        return self.events[0]

    @property
    def words(self) -> str:
        """What is said, with what was folded into it."""
        if self.times == 1:
            return self.said
        return str(WORDS["fields"]["more"]).format(said=self.said, count=self.times - 1)


def moments(run: Run, asked: Collection[tuple[str, int | None, int]] = ()) -> list[Moment]:
    """The moments of a run, in order; what repeats itself at one place is told once.

    ``asked`` are the places (file, cell, row) of questions: what they are about is told.
    """
    told: list[Moment] = []
    seen: set[tuple[Any, ...]] = set()
    for event in _telling(run):
        region = _region(event.place)
        loops = tuple(_loops(event))
        place = (region.filename, region.cell, region.start.row)
        key = (event.kind, *place, loops)
        if key in seen or not (_matters(event) or place in asked):
            continue
        seen.add(key)
        kind = WORDS["kinds"][_kind(run, event)]
        said = kind["say"].format_map(_fields(run, event))
        function = event.stack[-1].function
        moment = Moment(
            kind=event.kind,
            lane=kind["lane"],
            said=" ".join(said.split()),
            region=region,
            loops=loops,
            function=function.name if function else "",
            sure=event.sure is Sure.YES,
            events=[event],
            rows=[region.start.row],
        )
        kept = _one_of(told[-1], moment) if told else None
        if kept is not None:
            kept.also += [moment if kept is told[-1] else told[-1]]
            told[-1] = kept
        elif told and moment.kind == "seed" and _seeds_on(told[-1], moment):
            told[-1].said = _seeds(run, [*told[-1].events, event])
            told[-1].events.append(event)
            told[-1].rows.append(region.start.row)
        elif told and kind.get("folds") and _folds(told[-1], moment):
            told[-1].times += 1
            told[-1].rows.append(region.start.row)
        else:
            told.append(moment)
    return told[:MOST]


def _telling(run: Run) -> Iterator[Event]:
    """The events that say something: worded ones, without talk that is not about training."""
    learning = list(run.of(*LEARNING))
    last = max((event.order for event in learning), default=-1)
    around = {loop for event in learning for loop in event.loops}
    for event in run.of(*WORDS["kinds"]):
        if event.kind == "report":
            tells = event.order > last or bool(around & {*event.loops})
            if not tells or not _speaks(event):
                continue
        if event.kind == "fit" and event.facts["learns"] not in WORDS["fields"]["learns"]:
            continue
        yield event


def _matters(event: Event) -> bool:
    """Whether an event is told unasked: a mean of an array is a fit only where somebody asks."""
    return event.kind != "fit" or "." in event.facts["estimator"]


def _kind(run: Run, event: Event) -> str:
    """The words for an event: what steps may be the schedule and not the optimizer."""
    node, receiver = event.node, event.receiver
    if event.kind != "update" or not isinstance(node, t.Call):
        return event.kind
    typed = isinstance(receiver, Obj) and run.catalog.kind(receiver.type) == "scheduler"
    named = isinstance(node.func, t.Attr) and re.search(
        WORDS["schedulers"], event.place.module.text(node.func.value)
    )
    return "schedule" if typed or named else event.kind


def _speaks(event: Event) -> bool:
    """Whether a report says more than a fixed text."""
    node = event.node
    return isinstance(node, t.Call) and any(not isinstance(a.value, t.Const) for a in node.args)


def _one_of(last: Moment, moment: Moment) -> Moment | None:
    """Which of two moments of one line to tell, where one says it all."""
    if not _beside(last, moment) or last.rows[-1] != moment.rows[-1]:
        return None
    pair = (last.kind, moment.kind)
    if pair in FIRST and last.times == 1:
        return last
    return moment if pair in SECOND and last.times == 1 else None


def _beside(last: Moment, moment: Moment) -> bool:
    """Whether two moments stand in one file or cell, and in the same loops."""
    here, there = last.region, moment.region
    return (here.filename, here.cell, last.loops) == (there.filename, there.cell, moment.loops)


def _folds(last: Moment, moment: Moment) -> bool:
    """Whether two moments of one kind are the same but for their lines."""
    if not _beside(last, moment) or (last.kind, last.sure) != (moment.kind, moment.sure):
        return False
    here, there = last.event.facts, moment.event.facts
    return all(here.get(fact) == there.get(fact) for fact in ("stream", "what", "how"))


def _seeds_on(last: Moment, moment: Moment) -> bool:
    """Whether two seeds are lines of one seeding: told together, unlike two that differ."""
    here, there = last.events[0], moment.events[0]
    return (
        last.kind == "seed"
        and last.function == moment.function
        and _beside(last, moment)
        and [frame.call for frame in here.stack[:-1]] == [f.call for f in there.stack[:-1]]
        and _number(here) == _number(there)
        and moment.rows[0] - last.rows[-1] < 5
    )


def _number(seed: Event) -> int | None:
    value = seed.facts["value"]
    return value.value if isinstance(value, Const) and type(value.value) is int else None


def _seeds(run: Run, seeds: Sequence[Event]) -> str:
    """What several seeds seed, in one sentence."""
    streams = dict.fromkeys(s for seed in seeds for s in seed.facts["streams"])
    number = _number(seeds[0])
    said = str(WORDS["kinds"]["seed"]["say"]).format(streams=titles(run, streams))
    return said if number is None else f"{said} with {number}"


def _region(place: Place) -> Region:
    return place.module.source.region(place.span)


def _loops(event: Event) -> Iterator[Loop]:
    """The loops around an event whose heads can be read, from the outside in."""
    for loop in event.loops:
        for frame in event.stack:
            if isinstance(loop, (t.For, t.While)) and loop in frame.path:
                last = loop.iter if isinstance(loop, t.For) else loop.test
                head = frame.module.source.text[loop.start : last.end]
                region = frame.module.source.region(loop.span)
                yield Loop(" ".join(head.split()), region)
                break


def _fields(run: Run, event: Event) -> dict[str, str]:
    facts, words = event.facts, WORDS["fields"]
    fields = {"call": event.short or event.name, "what": str(facts.get("what") or words["what"])}
    if event.kind in ("seed", "worker_seed"):
        number = _number(event)
        fields["streams"] = titles(run, facts["streams"])
        fields["streams"] += "" if number is None else f" with {number}"
    if event.kind == "track":
        fields["tracks"] = words["tracks"].get(facts["how"], "tracks")
    if event.kind == "fit":
        fields["learns"] = words["learns"].get(facts["learns"], "")
        fields["estimator"] = str(facts["estimator"]).rpartition(".")[2]
    if event.kind == "split":
        fields["how"] = how_split(event)
    return fields


def titles(run: Run, streams: Iterable[str]) -> str:
    """What people call these streams."""
    known = run.catalog.streams
    named = list(streams)
    devices = "torch" not in named
    words = {s: str(known[s]["title"]) for s in named if s in known}
    words |= {s: w for s, w in WORDS["streams"].items() if s in named and devices}
    return listed(list(dict.fromkeys(words[s] for s in named if s in words)))


def group_column(event: Event) -> str | None:
    """The column by which a split keeps rows together, if it is one that can be named."""
    groups = event.facts.get("groups")
    return groups.column if isinstance(groups, Data) else None


def how_split(event: Event) -> str:
    """In what way a split decides which row goes where."""
    words, facts = WORDS["fields"]["split"], event.facts
    if facts.get("group_aware"):
        column = group_column(event)
        return str(words["groups"].format(groups=column) if column else words["aware"])
    if facts.get("random") is Sure.YES:
        return str(words["random"])
    return str(words["ordered"] if facts.get("random") is Sure.NO else words["unsaid"])
