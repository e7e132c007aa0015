"""What a script settles about its research: goal, metric, seeds and splits, with their places."""

from __future__ import annotations

from collections.abc import Iterator

from triptych_lint import tree as t
from triptych_lint.mentor.reading import Reading
from triptych_lint.mentor.state.document import Block
from triptych_lint.mentor.story.model import tell
from triptych_lint.mentor.story.moments import LEARNING, group_column, how_split, titles
from triptych_lint.mentor.story.steps import docstring
from triptych_lint.mentor.words import read
from triptych_lint.paths import displayed
from triptych_lint.timeline.events import Event, Run
from triptych_lint.timeline.groups import groups_of, keeps_groups
from triptych_lint.timeline.seeding import unseeded
from triptych_lint.timeline.values import Const, Value

WORDS = read("state/words.yaml")
SAYS = WORDS["says"]


def blocks(reading: Reading) -> Iterator[Block]:
    """What is to stand in ``state.md`` about one script."""
    lines = {
        "goal": _goal(reading),
        "metric": _metric(reading),
        "seeds": _seeds(reading),
        "splits": _splits(reading),
    }
    for name, told in lines.items():
        row = WORDS["blocks"][name]
        key = row["key"].format(path=displayed(reading.path))
        kept = tuple(dict.fromkeys(told))
        if kept:
            yield Block(row["section"], key, kept, alone=bool(row.get("alone")))


def _place(event: Event) -> str:
    source = event.place.module.source
    region = source.region(event.place.span)
    # In one word, so that its number is not read as a seed.
    cell = "" if region.cell is None else f"cell{region.cell}:"
    return f"{displayed(source.path)}:{cell}{region.start.row}"


def _goal(reading: Reading) -> Iterator[str]:
    found = docstring(reading)
    if found is not None:
        text, region = found
        place = f"{displayed(reading.path)}:{region.start.row}"
        yield SAYS["goal"].format(text=" ".join(text.split()).lstrip("# "), place=place)


def _metric(reading: Reading) -> Iterator[str]:
    for moment in tell(reading).moments:
        for one in (moment, *moment.also):
            if one.kind == "evaluate":
                call = one.event.short or one.event.name
                yield SAYS["metric"].format(call=call, place=_place(one.event))


def _seeds(reading: Reading) -> Iterator[str]:
    run = reading.runs[0]
    told = False
    for line in _given(run):
        told = True
        yield line
    for stream, draw in unseeded(reading.timeline).items():
        told = True
        fields = {"streams": titles(run, [stream]) or stream, "call": draw.short}
        yield SAYS["unseeded"].format(place=_place(draw), **fields)
    if not told and any(run.has(kind) for kind in LEARNING):
        yield SAYS["nothing"]


def _given(run: Run) -> Iterator[str]:
    for event in run.of("seed", "given", "generator", "settle"):
        value = event.facts.get("value", event.facts.get("seed"))
        number, source = _number(event, value)
        fields = {
            "place": _place(event),
            "call": event.short or event.name,
            "value": number,
            "source": SAYS["source"].format(text=source) if source else "",
        }
        if event.kind == "seed":
            streams = titles(run, event.facts["streams"]) or ", ".join(event.facts["streams"])
            says = SAYS["itself" if event.facts.get("itself") else "seed"]
            yield says.format(streams=streams, **fields)
        elif isinstance(value, Const) and value.value is not None:
            yield SAYS["given"].format(**fields)


def _number(event: Event, value: Value | None) -> tuple[str, str]:
    """The number that is given, and how it is written where that is another way."""
    node = event.node
    first = node.args[0].value if isinstance(node, t.Call) and node.args else None
    text = event.place.module.text(first) if first is not None and event.kind != "given" else ""
    text = " ".join(text.split())
    if isinstance(value, Const):
        number = str(SAYS["none"]) if value.value is None else str(value.value)
        return number, "" if text == number else text
    return (f"`{text}`" if text else str(SAYS["unknown"])), ""


def _splits(reading: Reading) -> Iterator[str]:
    for run in reading.runs:
        for split in run.of("split"):
            fields = {"how": how_split(split), "place": _place(split)}
            groups = [group.column for group in groups_of(reading.timeline, run, split)]
            if groups and not keeps_groups(run, split) and group_column(split) is None:
                yield SAYS["groups"].format(column="`, `".join(dict.fromkeys(groups)), **fields)
            else:
                yield SAYS["split"].format(**fields)
