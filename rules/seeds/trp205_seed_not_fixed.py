"""A seed is set, and it is another one in each run.

`random.seed()`, `np.random.seed(None)` and `torch.seed()` ask the operating system; the time of
day, the process id, `os.urandom` and a draw from an unseeded stream give a new number each time.
`hash("name")` does so as well, since Python salts the hashes of texts for each process
(established by running). All that is fine as long as the number can be read afterwards: a run whose
seed nobody knows cannot be repeated, which is the one thing that a seed is for.

    seed = int(time.time())
    torch.manual_seed(seed)

    seed = int(time.time())
    print(f"seed {seed}")
    torch.manual_seed(seed)

Asked of a script that trains, once for each number, where the default run draws what it trains on
from that seed for certain. A number that is printed, logged, written to a file or kept in a
configuration that is logged is never asked about.

A seed behind an option that is off by default (`--seed`, None) is a note, once for the run: the
option is there, and the default run does not use it.

Ignore it where runs are meant to differ, as for the members of an ensemble. The fix gives a number
to a seeder that asks for entropy by itself; it is unsafe, since the numbers of the next run change.
"""

from collections.abc import Iterator

from triptych_lint.rule import Ask, Safety, Severity, rule
from triptych_lint.timeline import Timeline
from triptych_lint.timeline.reseedfix import fix_seeds
from triptych_lint.timeline.seedfix import titles
from triptych_lint.timeline.seeding import first_draws, shown
from triptych_lint.timeline.seedorigin import Unfixed, behind_option, guard, unfixed


@rule(
    "TRP205",
    "seed-not-fixed",
    question={
        "": "Is `{seed}` on line {line} meant to seed {streams} anew in each run? Its number is"
        " kept nowhere.",
        "number": "Could we keep the seed of {streams}? It comes from `{source}` on line"
        " {source_line}, and is shown nowhere.",
        "draw": "Is the seed of {streams} meant to differ in each run? `{source}` on line"
        " {source_line} draws it unseeded, and it is shown nowhere.",
        "option": "Is the default run meant to be another one each time? `{seed}` on line {line}"
        " waits for {condition}.",
    },
    statement={
        "": "`{seed}` on line {line} seeds {streams} anew in each run, with a number that is kept"
        " nowhere.",
        "number": "{streams} is seeded from `{source}` on line {source_line}, which is shown"
        " nowhere.",
        "draw": "{streams} is seeded with a number that `{source}` on line {source_line} draws"
        " unseeded and that is shown nowhere.",
        "option": "`{seed}` on line {line} waits for {condition}; the default run has no seed.",
    },
    safety=Safety.UNSAFE,
    skill="pytorch-internals",
    needs={"draw"},
)
def seed_not_fixed(timeline: Timeline) -> Iterator[Ask]:
    """Ask about seeds that differ from run to run and that nobody can read afterwards."""
    run = timeline.main
    if not timeline.is_entry or not run.complete:
        return
    for found in unfixed(run):
        yield _ask(timeline, found)
    waiting = behind_option(run)
    if waiting is not None:
        place, condition = waiting.place_in(timeline.module), guard(waiting)
        draw = next(iter(first_draws(run).values()))
        yield Ask(
            at=place,
            variant="option",
            fields={
                "seed": waiting.short,
                "line": place.line,
                "condition": f"`{condition}`" if condition else "an option that is None by default",
            },
            evidence=((place, "behind an option"), *shown(timeline, draw, "drawn unseeded")),
            severity=Severity.NOTE,
        )


def _ask(timeline: Timeline, found: Unfixed) -> Ask:
    seed, source = found.seeds[0], found.source
    place = (source or seed).place_in(timeline.module)
    streams = dict.fromkeys(
        s for e in found.seeds for s in e.facts["streams"] if s in timeline.catalog.streams
    )
    variant = ""
    evidence = [(e.place_in(timeline.module), "seeded here") for e in found.seeds]
    if source is not None:
        variant = "draw" if source.kind == "draw" else "number"
        evidence.append((source.place_in(timeline.module), "new in each run"))
    return Ask(
        at=place,
        variant=variant,
        fields={
            "seed": seed.short,
            "line": place.line,
            "streams": titles(timeline, streams),
            "source": source.short if source is not None else "",
            "source_line": source.place_in(timeline.module).line if source is not None else "",
        },
        evidence=(*evidence, *shown(timeline, found.draw, "drawn from it")),
        fix=fix_seeds(timeline, found.seeds) if source is None else None,
    )
