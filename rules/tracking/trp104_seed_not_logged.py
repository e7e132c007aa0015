"""The run is tracked with its settings, and the seed is not among them.

A curve that nobody can draw again proves little. The tracker keeps what the run was set to; where
the seed is missing there, the one number is lost by which this very run could be repeated, as soon
as the script is edited.

    torch.manual_seed(SEED)
    wandb.init(project="cells", config={"lr": 1e-3, "epochs": 20})

    torch.manual_seed(SEED)
    wandb.init(project="cells", config={"lr": 1e-3, "epochs": 20, "seed": SEED})

A note. Asked where the run seeds with a number for certain and starts the tracker with a config
that is written out without it, or with none at all in a file that never speaks of one. A config
that is an object, is read from a file or is updated later may hold the seed, and is left alone.
Asked as well where the project's `state.md` names seeds, and the run sets another one.

Ignore it where the seed is part of the run's name. The fix adds the entry; it is safe, since no
result depends on it.
"""

from collections.abc import Iterator
from pathlib import Path

from triptych_lint.rule import Ask, Safety, Severity, rule
from triptych_lint.statefile import find, seeds
from triptych_lint.timeline import Timeline
from triptych_lint.timeline.recorded import numbered, record, unrecorded

SHOWN = 4
"""Seeds of the notes that are named; more of them say nothing new."""


@rule(
    "TRP104",
    "seed-not-logged",
    question={
        "": "Shall `{tracker}` on line {line} record the seed as well? It is set on line"
        " {seed_line}.",
        "state": "Which seed is this run's? Line {line} sets {seed}, and `{file}` names {named} on"
        " line {named_line}.",
    },
    statement={
        "": "`{tracker}` on line {line} records the run without the seed that is set on line"
        " {seed_line}.",
        "state": "Line {line} sets the seed {seed}; `{file}` names {named} on line {named_line}.",
    },
    severity=Severity.NOTE,
    safety=Safety.SAFE,
    needs={"seed"},
)
def seed_not_logged(timeline: Timeline) -> Iterator[Ask]:
    """Ask about each tracker that starts without the seed of the run."""
    module = timeline.module
    if not timeline.is_entry or not timeline.main.complete:
        return
    for start, seed in unrecorded(timeline):
        place, other = start.place_in(module), seed.place_in(module)
        yield Ask(
            at=place,
            fields={"tracker": start.short_in(module), "seed_line": other.line},
            evidence=((other, "seeded here"), (place, "recorded without it")),
            fix=record(timeline, start, seed),
        )
    yield from _other_than_noted(timeline)


def _other_than_noted(timeline: Timeline) -> Iterator[Ask]:
    """Ask where the project's ``state.md`` names seeds, and the run sets none of them."""
    numbers = dict(numbered(timeline))
    file = find(Path(timeline.module.path)) if numbers else None
    named = seeds(file) if file is not None else None
    if named is not None and not {*named.seeds} & {*numbers}:
        number, seed = next(iter(numbers.items()))
        place = seed.place_in(timeline.module)
        yield Ask(
            at=place,
            variant="state",
            fields={
                "seed": str(number),
                "file": named.path.name,
                "named": ", ".join(str(n) for n in named.seeds[:SHOWN]),
                "named_line": str(named.line),
            },
            evidence=((place, "seeded here"),),
        )
