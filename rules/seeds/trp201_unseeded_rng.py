"""A random stream is drawn from, and nothing seeds it.

Two runs of such a script differ: other weights, another split, another order of the batches. A
change that helps by half a point can then not be told from a lucky draw. Each library has a stream
of its own: `np.random.seed` does not reach torch, nor does `torch.manual_seed` reach numpy, from
which scikit-learn draws where `random_state` is left out (established by running both ways).

    torch.manual_seed(42)
    train, test = train_test_split(table)        # numpy draws: another split in each run

    torch.manual_seed(42)
    np.random.seed(42)
    train, test = train_test_split(table)

Asked once for a run: of a script that trains when it is started, with all that it reaches in its
default configuration, also in other files. A library module that draws is not asked to seed; a
helper that cannot be read silences the question, as does a seed behind an option. Where all that
draws unseeded is calls that take a `random_state`, TRP204 asks instead.

Ignore it where the variation is wanted, as for the members of an ensemble.

The fix is unsafe, since it changes the numbers of the next run. It seeds the streams that are
used, before the first draw, by the framework's own seeder where there is one.
"""

from collections.abc import Iterator

from triptych_lint.rule import Ask, Safety, rule
from triptych_lint.timeline import Event, Timeline
from triptych_lint.timeline.randomstate import unset
from triptych_lint.timeline.seedfix import seed_before, titles
from triptych_lint.timeline.seeding import (
    seeds,
    set_up,
    shown,
    unseeded,
)


@rule(
    "TRP201",
    "unseeded-rng",
    question={
        "": "Did we seed {streams}? `{call}` on line {line} {what} before any seed.",
        "partial": "We seed {seeded}; did we mean to seed {streams} as well?"
        " `{call}` on line {line} {what} unseeded.",
    },
    statement={
        "": "`{call}` on line {line} {what}, and nothing seeds {streams}.",
        "partial": "`{call}` on line {line} {what}; {seeded} is seeded, {streams} is not.",
    },
    safety=Safety.UNSAFE,
    skill="pytorch-internals",
    needs={"draw"},
)
def unseeded_rng(timeline: Timeline) -> Iterator[Ask]:
    """Ask for the streams that the run draws from and never seeds."""
    run = timeline.main
    if not timeline.is_entry or not run.complete:
        return
    missing = unseeded(timeline)
    if not missing or unset(timeline):
        return
    seeded = seeds(run)
    draws = sorted(missing.values(), key=lambda draw: draw.order)
    first = draws[0]
    module = timeline.module
    evidence = [
        line
        for stream, draw in missing.items()
        for line in shown(timeline, draw, f"draws from {titles(timeline, [stream])}")
    ]
    # Seeds of what a function draws for itself, after the training.
    later = {seeded[stream] for stream in missing if stream in seeded}
    evidence += [
        (
            seed.place_in(module),
            f"seeds {titles(timeline, seed.facts['streams'])}"
            + (" afterwards" if seed in later else ""),
        )
        for seed in {id(seed): seed for seed in seeded.values()}.values()
    ]
    others = {stream: seed for stream, seed in seeded.items() if seed not in later}
    asked_at = set_up(first)
    at = first.place_in(module)
    yield Ask(
        at=at,
        variant="partial" if others else "",
        fields={
            "line": asked_at.line if asked_at and asked_at.module is module else at.line,
            "streams": titles(timeline, missing),
            "seeded": titles(timeline, _named(others)),
            "call": first.short_in(module),
            "what": first.facts["what"] or "draws",
        },
        evidence=tuple(evidence),
        fix=seed_before(timeline, missing, seeded),
    )


def _named(seeded: dict[str, Event]) -> list[str]:
    """The streams that seeders name, without those that only follow them."""
    return [stream for stream, seed in seeded.items() if stream in seed.facts["streams"]]
