"""Every process of a distributed run draws the same noise.

One seed for all processes is right for the weights and for the order of the samplers. What is then
drawn in the step itself repeats as well: each process adds the same noise to its own part of the
batch, so that eight processes see the noise of one.

    set_seed(42)                             # the same in each process
    accelerator = Accelerator()
    ...
    noise = torch.randn_like(latents)

    set_seed(42 + accelerator.process_index)

A note, since many runs train well all the same. Asked where a run starts or wraps for several
processes, seeds torch with one number, and draws noise in the loop that trains. Left alone: a seed
that depends on the rank, `set_seed(..., device_specific=True)`, a generator that is handed to the
draw, dropout, the weights, and the order of loaders. Weights that are drawn with different seeds
are no question under `DistributedDataParallel`: it sends those of the first process to all.

Ignore it where the processes are meant to see the same noise. There is no fix: how the ranks are
seeded is the project's own decision.
"""

from collections.abc import Iterator

from triptych_lint.rule import Ask, Severity, rule
from triptych_lint.timeline import Event, Run, Sure, Timeline
from triptych_lint.timeline.seeding import may_be_seeded_elsewhere, shown
from triptych_lint.timeline.values import Const, Value


@rule(
    "TRP210",
    "same-seed-every-rank",
    question="Should each process draw noise of its own? The seed on line {seed_line} is the same"
    " on every rank, and so is what `{call}` on line {line} draws.",
    statement="`{call}` on line {line} draws the same noise on every rank: the seed on line"
    " {seed_line} does not depend on the rank.",
    severity=Severity.NOTE,
    skill="distributed-training",
    needs={"ranks"},
)
def same_seed_every_rank(timeline: Timeline) -> Iterator[Ask]:
    """Ask about the first noise that a distributed run draws in its training loop."""
    run, module = timeline.main, timeline.module
    ranks = next(run.of("ranks", at_least=Sure.YES), None)
    if not timeline.is_entry or not run.complete or ranks is None:
        return
    trained = {loop for event in run.of("backward") for loop in event.loops}
    for draw in run.of("draw", at_least=Sure.YES):
        row = run.catalog.row(draw.name) or {}
        if "noise" not in row or not trained & {*draw.loops} or may_be_seeded_elsewhere(run, draw):
            continue
        seed = _seed_of(run, draw)
        if seed is not None:
            yield Ask(
                at=draw.place_in(module),
                fields={
                    "call": draw.short_in(module),
                    "seed_line": seed.place_in(module).line,
                },
                evidence=(
                    (seed.place_in(module), "seeded with one number"),
                    (ranks.place_in(module), "several processes train together"),
                    *shown(timeline, draw, "draws noise"),
                ),
            )
            return


def _seed_of(run: Run, draw: Event) -> Event | None:
    """The seed of a draw, if it certainly is one number for all processes."""
    stream = draw.facts["stream"]
    before = [e for e in run.of("seed", at_least=Sure.NO) if stream in e.facts["streams"]]
    alike = [_is_one_number(run, seed) for seed in before]
    return before[-1] if before and all(alike) and before[-1].order < draw.order else None


def _is_one_number(run: Run, seed: Event) -> bool:
    row = run.catalog.row(seed.name) or {}
    value: Value | None = seed.facts["value"]
    differs = seed.facts.get("differs")
    told = isinstance(differs, Const) and not differs.value
    plain = "differs" not in row or differs is None or told
    return seed.sure is Sure.YES and isinstance(value, Const) and type(value.value) is int and plain
