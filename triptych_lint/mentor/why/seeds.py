"""Pitfall 2: is a difference between two runs more than luck?"""

from __future__ import annotations

from triptych_lint.mentor.story.moments import titles
from triptych_lint.mentor.why.chapter import WORDS, Chapter, Context, Next, quoted
from triptych_lint.timeline.events import Run, Sure
from triptych_lint.timeline.seeding import first_draws, seeds
from triptych_lint.timeline.values import Const

SAYS = WORDS["seeds"]


def chapter(context: Context) -> Chapter:
    """What seeds, what draws, and what of it repeats."""
    reading = context.reading
    run = reading.runs[0]
    found = context.begin("seeds", context.of("seed", "worker_seed"))
    first = first_draws(run)
    shown = {id(event.node) for event in first.values()}
    found.does += [m for m in context.of("draw") if id(m.event.node) in shown]
    found.does.sort(key=lambda moment: moment.event.order)
    seeded = bool(context.of("seed"))
    if not (seeded and first):
        which = "no_seed" if first else "no_draw" if seeded else "neither"
        found.remarks.append(SAYS[which])
    found.settled += _settled(context, run)
    if not found.open:
        _unsettled(context, run, found)
    found.next += list(context.fixes(found))
    found.next += _checks(context)
    return found


def _settled(context: Context, run: Run) -> list[str]:
    said: list[str] = []
    seeded = seeds(run)
    for stream, draw in first_draws(run).items():
        seed = seeded.get(stream)
        if seed is not None and seed.order < draw.order and seed.sure is Sure.YES:
            said.append(
                SAYS["settled"].format(
                    stream=titles(run, [stream]) or stream,
                    seed=context.place_of(seed),
                    draw=context.place_of(draw),
                )
            )
    for event in context.events("given", "generator", "seed"):
        value = event.facts.get("value", event.facts.get("seed"))
        own = isinstance(value, Const) and value.value is not None
        fields = {"call": event.short or event.name, "place": context.place_of(event)}
        if event.kind == "seed":
            if event.facts.get("itself"):
                said.append(SAYS["trainer"].format(**fields))
        elif own:
            said.append(SAYS["own"].format(**fields))
    return list(dict.fromkeys(said))


def _unsettled(context: Context, run: Run, found: Chapter) -> None:
    """Streams of which the code does not say whether they are seeded."""
    seeded = seeds(run)
    for stream, draw in first_draws(run).items():
        seed = seeded.get(stream)
        fields = {"stream": titles(run, [stream]) or stream, "draw": context.place_of(draw)}
        if seed is None:
            found.remarks.append(SAYS["unseen"].format(**fields))
        elif seed.sure is not Sure.YES:
            place = context.place_of(seed)
            found.unasked.append(SAYS["sometimes"].format(seed=place, **fields))


def _checks(context: Context) -> list[Next]:
    reading = context.reading
    if reading.source.is_notebook:
        return [Next(SAYS["rerun_notebook"])]
    if not reading.timeline.is_entry:
        return []
    path = quoted(reading.path)
    found = [Next(SAYS["rerun"], f"python {path} > a.log; python {path} > b.log; diff a.log b.log")]
    option = next((o.text for o in reading.timeline.options if "." in o.text), None)
    if option:
        flag = "--" + option.rpartition(".")[2].replace("_", "-")
        if flag in reading.source.text or flag.replace("-", "_") in reading.source.text:
            flag = flag if flag in reading.source.text else "--" + option.rpartition(".")[2]
            found.append(Next(SAYS["spread"], f"for s in 0 1 2; do python {path} {flag} $s; done"))
    return found
