"""A stream is seeded, but only after something was drawn from it.

Building a layer draws its weights, and `random_split` draws the split, at the moment of the call. A
seed that follows covers what comes later and not these: two runs start from other weights and the
seed in the log is no help. Established by running: the weights of `nn.Linear` built before
`torch.manual_seed(0)` differ from run to run.

    model = Net()
    torch.manual_seed(0)

    torch.manual_seed(0)
    model = Net()

What counts is the order of execution and not of the lines: functions may stand above the seed.
Making a `DataLoader` or defining a class draws nothing. Where the training itself comes before the
seed, the larger question TRP601 is asked instead.

Ignore it where the early draw is meant to vary, such as a random name for the run.

The fix moves the seed up, or seeds before the early draw where the seed stands in a function of
its own. It is unsafe, since the numbers of the next run change.
"""

from collections.abc import Iterator

from triptych_lint.rule import Ask, Fix, Safety, rule
from triptych_lint.timeline import Event, Timeline
from triptych_lint.timeline.seedfix import move_up, seed_before, titles
from triptych_lint.timeline.seeding import first_draws, late_seeds, shown, trained_between


@rule(
    "TRP202",
    "seed-after-use",
    question={
        "": "Should the seed on line {seed_line} come before `{call}`?"
        " On line {line} it {what} from an unseeded {streams} stream.",
        "itself": "`{seeder}` seeds {streams} only when it is built, on line {seed_line}. Should"
        " `{call}` on line {line}, which {what}, come after a seed as well?",
    },
    statement={
        "": "`{call}` {what} on line {line}, before {streams} is seeded on line {seed_line}.",
        "itself": "`{call}` {what} on line {line}, before `{seeder}` seeds {streams} on line"
        " {seed_line}.",
    },
    safety=Safety.UNSAFE,
    skill="pytorch-internals",
    needs={"seed"},
)
def seed_after_use(timeline: Timeline) -> Iterator[Ask]:
    """Ask about draws that come before the first seed of their stream."""
    run, module = timeline.main, timeline.module
    if not timeline.is_entry or not run.complete:
        return
    draws = first_draws(run)
    late = {
        stream: seed
        for stream, seed in late_seeds(run, draws).items()
        if not trained_between(run, draws[stream], seed)
        # Within one call into another file there is nothing that this script could move.
        and draws[stream].place_in(module).span != seed.place_in(module).span
    }
    if not late:
        return
    first = min((draws[stream] for stream in late), key=lambda draw: draw.order)
    seed = late[first.facts["stream"]]
    place = seed.place_in(module)
    evidence = [
        line
        for stream in late
        for line in shown(timeline, draws[stream], f"draws from {titles(timeline, [stream])}")
    ]
    evidence.append((place, "seeded only here"))
    yield Ask(
        at=first.place_in(module),
        variant="itself" if seed.facts.get("itself") else "",
        fields={
            "streams": titles(timeline, late),
            "call": first.short_in(module),
            "what": first.facts["what"] or "draws",
            "seeder": seed.short,
            "seed_line": place.line,
        },
        evidence=tuple(evidence),
        fix=_fix(timeline, late, draws),
    )


def _fix(timeline: Timeline, late: dict[str, Event], draws: dict[str, Event]) -> Fix | None:
    """Move the seed up; where it stands elsewhere, or inside of a trainer, seed before the draw."""
    itself = any(seed.facts.get("itself") for seed in late.values())
    moved = None if itself else move_up(timeline, late, draws)
    return moved or seed_before(timeline, {stream: draws[stream] for stream in late}, {})
