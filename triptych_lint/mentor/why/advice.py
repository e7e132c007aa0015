"""What a symptom of the log asks for next, in the script at hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from triptych_lint import tree as t
from triptych_lint.mentor import syntax
from triptych_lint.mentor.logs.symptoms import Symptom
from triptych_lint.mentor.why.chapter import WORDS, Chapter, Context, Next
from triptych_lint.timeline.events import Event

SAYS = WORDS["advice"]
NOT_FINITE = ("not_finite", "not_finite_first", "zero_beside_nan")


def advise(context: Context, chapters: Iterable[Chapter], symptoms: Iterable[Symptom]) -> None:
    """Put what the symptoms ask for in front of the next steps of their chapters."""
    by_key = {chapter.key: chapter for chapter in chapters}
    names = {symptom.name for symptom in symptoms}
    found = list(_found(context, names))
    by_key["gradients"].next[:0] = found


def _found(context: Context, names: set[str]) -> Iterator[Next]:
    backward = next(context.events("backward"), None)
    if backward is None:
        return
    if names & {*NOT_FINITE} and not context.of("slow"):
        yield from _anomaly(context, backward)
    if names & {*NOT_FINITE, "explodes"} and not context.of("clip"):
        step = next(context.events("update"), None)
        if step is not None:
            yield Next(SAYS["clip"].format(place=context.place_of(step)))


def _anomaly(context: Context, backward: Event) -> Iterator[Next]:
    """Anomaly detection before the outermost loop around the backward pass, for torch."""
    names = syntax.imported(backward.place.module)
    torch = next((name for name, module in names.items() if module == "torch"), None)
    if torch is None or not backward.loops:
        return
    loop = backward.loops[0]
    home = next((f.module for f in backward.stack if loop in f.path), None)
    if home is None or not isinstance(loop, (t.For, t.While)):
        return
    head = home.text(loop).partition("\n")[0]
    place = context.place(home.source.region(loop.span))
    patch = (f"+ {torch}.autograd.set_detect_anomaly(True)", f"  {head}")
    yield Next(SAYS["anomaly"].format(place=place), patch=patch)
