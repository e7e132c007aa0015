"""A generator has a stream of its own, and nobody seeds it.

`np.random.default_rng()`, `RandomState()` and `random.Random()` start from the entropy of the
operating system. No global seed reaches them: under `np.random.seed(0)` two runs still draw other
numbers (established by running), so that a script which seeds everything else is not repeatable
either. The same holds for optuna's samplers, for `reset` and `action_space` of a gymnasium
environment (two streams: `env.reset(seed=0)` does not seed `env.action_space`), and for the shuffle
of a streamed Hugging Face data set.

    rng = np.random.default_rng()
    order = rng.permutation(len(rows))

    rng = np.random.default_rng(SEED)

An unseeded `torch.Generator()` is the opposite, and a note: it is a constant, 67280421310721, which
ignores `torch.manual_seed`, so that the split stays the same for every seed that is tried.

Asked of a script that trains, where the default run draws from the generator for certain. What is
made only if the caller gives none (`rng or default_rng()`), seeded later, or drawn for a plot is
left alone. Environments, searches and streams are asked about only where the script fixes other
seeds.

Ignore it where each run is meant to differ. The fix passes the script's own seed, or 42; it is
unsafe, since the numbers of the next run change.
"""

from collections.abc import Iterator

from triptych_lint.rule import Ask, Safety, Severity, rule
from triptych_lint.timeline import Event, Timeline
from triptych_lint.timeline.generatorfix import give_seed
from triptych_lint.timeline.generators import clocked, fixes_a_seed, unreached, unseeded
from triptych_lint.timeline.seeding import shown
from triptych_lint.timeline.workers import copied


@rule(
    "TRP203",
    "unseeded-generator",
    question={
        "": "Did we mean to seed `{call}` on line {line}? No other seed reaches its stream, which"
        " `{use}` draws from on line {use_line}.",
        "inside": "Did we mean to seed the generator that `{through}` makes on line {line}? No"
        " other seed reaches the stream of its `{call}`, which `{use}` draws from.",
        "clock": "Could we keep the seed of `{call}` on line {line}? It comes from `{use}` and is"
        " shown nowhere, so that the run cannot be repeated.",
        "constant": "Should `{call}` on line {line} follow our seed? Unseeded it is a constant:"
        " what `{use}` draws on line {use_line} is the same whatever `torch.manual_seed` is given.",
        "own": "Did we seed `{call}` as well? On line {line} it {what} from a stream of its own,"
        " which `{use}` on line {use_line} does not reach.",
    },
    statement={
        "": "`{call}` on line {line} has entropy of its own, and `{use}` draws from it on line"
        " {use_line}.",
        "inside": "`{through}` on line {line} makes a `{call}` with entropy of its own, from which"
        " `{use}` draws.",
        "clock": "`{call}` on line {line} is seeded from `{use}`, and the seed is shown nowhere.",
        "constant": "`{call}` on line {line} is unseeded: a constant that ignores"
        " `torch.manual_seed`, from which `{use}` draws on line {use_line}.",
        "own": "`{call}` on line {line} {what} from a stream of its own, which `{use}` on line"
        " {use_line} does not seed.",
    },
    safety=Safety.UNSAFE,
    skill="pytorch-internals",
)
def unseeded_generator(timeline: Timeline) -> Iterator[Ask]:
    """Ask about streams of their own that the default run draws from and nothing seeds."""
    run = timeline.main
    if not timeline.is_entry or not run.complete:
        return
    elsewhere = [made for made, _ in copied(run)]  # the larger question TRP206 is asked instead
    for made, use in unseeded(run):
        if made in elsewhere:
            continue
        inside = "inside" if made.place.module is not timeline.module else ""
        variant = "constant" if made.facts["constant"] else inside
        yield _ask(timeline, made, use, variant, "draws from it")
    for made, clock in clocked(run):
        yield _ask(timeline, made, clock, "clock", "new in each run")
    seed = fixes_a_seed(run)
    for event in unreached(run) if seed is not None else ():
        assert seed is not None
        yield _ask(timeline, event, seed, "own", "seeds another stream")


def _ask(timeline: Timeline, at: Event, other: Event, variant: str, words: str) -> Ask:
    place, line = at.place_in(timeline.module), other.place_in(timeline.module)
    row = at.facts.get("row", {})
    note = variant == "constant" or row.get("kind") == "study"
    return Ask(
        at=place,
        variant=variant,
        fields={
            "call": at.short,
            "through": at.through(timeline.module),
            "line": place.line,
            "use": other.short,
            "use_line": line.line,
            "what": row.get("what", ""),
        },
        evidence=(*shown(timeline, at, "a stream of its own"), (line, words)),
        fix=None if variant == "clock" else give_seed(timeline, at),
        severity=Severity.NOTE if note else None,
    )
