"""The run trains, sweeps or reports before the seed that should govern it.

Seeding is the third step of the canonical order, and training, tracking, sweeps and claims come
after it. A missing step is no offence; a wrong order is, since the seed that stands in the script
and in the log did not make these numbers. The same holds for a seed that stands in a function which
nobody calls: the script reads as if it were seeded.

    train(model, loader)
    torch.manual_seed(0)

    torch.manual_seed(0)
    train(model, loader)

What counts is the order in which the run meets these lines, across functions and files. Starting
the tracker before the seed is right, where a sweep hands the seed out. A draw that comes before
its seed with no training in between is TRP202.

Ignore it where a later part of the script is seeded on its own purpose.
"""

from collections.abc import Iterator

from triptych_lint.rule import Ask, rule
from triptych_lint.timeline import Event, Timeline
from triptych_lint.timeline.seedfix import titles
from triptych_lint.timeline.seeding import (
    dead_seeders,
    first_draws,
    late_seeds,
    may_be_seeded_elsewhere,
    seeds,
    trained_between,
)


@rule(
    "TRP601",
    "order-inverted",
    question={
        "": "Should the seed on line {line} come first? The run {did} on line {other} before it.",
        "uncalled": "Was `{function}` meant to be called? It seeds {streams}, and nothing in this"
        " run leads to it.",
    },
    statement={
        "": "The run {did} on line {other}, before the seed on line {line} that should govern it.",
        "uncalled": "`{function}` seeds {streams}, but nothing calls it.",
    },
    needs={"seed"},
)
def order_inverted(timeline: Timeline) -> Iterator[Ask]:
    """Ask about seeds that come after the training, and about seeds that never come."""
    run = timeline.main
    if not timeline.is_entry or not run.complete:
        return
    yield from _late(timeline)
    yield from _uncalled(timeline)


_DID = {
    "train": "trains",
    "update": "takes an optimisation step",
    "search": "starts its sweep",
    "claim": "makes its claim",
    "track": "logs results",
}


def _late(timeline: Timeline) -> Iterator[Ask]:
    run, module = timeline.main, timeline.module
    draws = first_draws(run)
    asked: set[Event] = set()
    for stream, seed in late_seeds(run, draws).items():
        trained = trained_between(run, draws[stream], seed)
        if trained is None or seed.facts.get("itself") or trained in asked:
            continue
        asked.add(trained)
        place = seed.place_in(module)
        other = trained.place_in(module)
        yield Ask(
            at=place,
            fields={
                "did": _DID[trained.kind],
                "other": other.line,
            },
            evidence=(
                (draws[stream].place_in(module), f"draws from {titles(timeline, [stream])}"),
                (other, _DID[trained.kind]),
                (place, "seeded only here"),
            ),
        )


def _uncalled(timeline: Timeline) -> Iterator[Ask]:
    run, module = timeline.main, timeline.module
    if may_be_seeded_elsewhere(run):
        return
    seeded = seeds(run)
    draws = first_draws(run)
    for fragment, streams in dead_seeders(timeline):
        useful = [stream for stream in streams if stream in draws and stream not in seeded]
        if useful and fragment.at is not None and fragment.root is not None:
            evidence = [
                (draws[s].place_in(module), f"draws from {titles(timeline, [s])}") for s in useful
            ]
            yield Ask(
                at=fragment.at,
                variant="uncalled",
                fields={"function": fragment.root.name, "streams": titles(timeline, useful)},
                evidence=tuple(evidence),
            )
