"""A constant seed inside the training loop: every pass draws the same numbers.

A seed sets the stream back. Inside the epoch loop it makes the batches come in the same order, and
the dropout fall on the same units, in each epoch (established by running); in `__getitem__` it
gives every image the same crop. A global seed in a validation that runs each epoch is meant to
repeat the validation, and repeats the shuffle of the training that follows as well.

    for epoch in range(epochs):
        torch.manual_seed(SEED)

    for epoch in range(epochs):
        torch.manual_seed(SEED + epoch)

The same question is asked of `env.reset(seed=SEED)` for each episode: all episodes start alike.

Left alone: a seed that moves with the loop; one seed for each run, fold, trial or model, which is a
fair comparison; a state that is put back, by `torch.random.fork_rng` or by hand; a seed whose loop
draws nothing for the training.

Ignore it where the passes are meant to be the same. The fix adds the counter of the loop; it is
unsafe, since the numbers of the next run change.
"""

from collections.abc import Iterator

from triptych_lint.rule import Ask, Place, Safety, rule
from triptych_lint.timeline import Timeline
from triptych_lint.timeline.reseedfix import move_on
from triptych_lint.timeline.reseeds import Repeat, repeats, same_starts
from triptych_lint.timeline.seeding import shown


@rule(
    "TRP208",
    "reseed-in-loop",
    question={
        "": "Should each pass draw other numbers? `{seed}` on line {line} starts again on every"
        " pass of the loop on line {loop_line}, and `{draw}` {what} the same way each time.",
        "episode": "Should the episodes start differently? `{seed}` on line {line} gives every one"
        " of them the same seed.",
    },
    statement={
        "": "`{seed}` on line {line} seeds alike on every pass of the loop on line {loop_line}, so"
        " that `{draw}` {what} the same way each time.",
        "episode": "`{seed}` on line {line} starts every episode from the same state.",
    },
    safety=Safety.UNSAFE,
    skill="pytorch-internals",
)
def reseed_in_loop(timeline: Timeline) -> Iterator[Ask]:
    """Ask about constant seeds on each pass of a training that goes on."""
    run = timeline.main
    if not timeline.is_entry or not run.complete:
        return
    asked: set[tuple[int, int]] = set()
    for found in repeats(run):
        ask = _ask(timeline, found, "")
        if (span := (ask.at.span.start, ask.at.span.end)) not in asked:
            asked.add(span)
            yield ask
    for found in same_starts(run):
        yield _ask(timeline, found, "episode")


def _ask(timeline: Timeline, found: Repeat, variant: str) -> Ask:
    module, seed, draw = timeline.module, found.seed, found.draw
    place = seed.place_in(module)
    frame = next(frame for frame in seed.stack if found.loop in frame.path)
    loop = Place(frame.module, found.loop.span)
    words = "trains on" if variant else "the same on each pass"
    return Ask(
        at=place,
        variant=variant,
        fields={
            "seed": seed.short,
            "line": place.line,
            "loop_line": loop.line,
            "draw": draw.short,
            "what": draw.facts.get("what") or "draws",
        },
        evidence=((place, "seeds alike on each pass"), *shown(timeline, draw, words)),
        fix=None if variant else move_on(timeline, seed, found.loop),
    )
