"""A key of random numbers is used up twice.

In JAX a key is a value: what is drawn with it is a function of it, and nothing is advanced. The
same key draws the same numbers once more. Weights that should differ come out alike, a dropout
mask or the noise stays the same in every step, and no seed changes that. Another distribution is
no help: `normal` and `uniform` of one key correlate at 0.98 (run), and a longer draw starts with
the shorter one.

    w = random.normal(key, (784, 256))
    b = random.uniform(key, (256,))

    key, subkey = random.split(key)
    w = random.normal(subkey, (784, 256))
    b = random.uniform(key, (256,))

Asked where two calls use up the same key, followed through names, tuples, calls and attributes, and
where each step of a training uses up a key that no pass renews. That a key is split and then also
drawn from is a note: the numbers do not repeat, but the key is used up, and JAX's own checker
(`jax_debug_key_reuse`) raises an error.

Left alone: `fold_in`, which may be given one key many times; two arrays that are shuffled alike by
one key; branches of which one runs; one function that is called twice with the same key, as for two
models that start from the same weights. Flax folds the path of each layer into the key, so that one
key for `params` and `dropout`, or for the first batch and `init`, repeats nothing (run).

Ignore it where both draws are meant to be the same. The fix splits the key before its first use; it
is unsafe, since the numbers of the next run change.
"""

from collections.abc import Iterator
from pathlib import Path

from triptych_lint import tree as t
from triptych_lint.rule import Ask, Place, Safety, Severity, rule
from triptych_lint.timeline import Event, Timeline
from triptych_lint.timeline.keyfix import split_before
from triptych_lint.timeline.keyreuse import depth, looped, parted, repeats, reused
from triptych_lint.timeline.seeding import shown


@rule(
    "TRP211",
    "jax-key-reused",
    question={
        "": "Did we mean to give `{call}` a key of its own? `{other}` on line {other_line} used up"
        " {key}, and the numbers repeat.",
        "split": "Did we mean to give `{call}` a key of its own? `{other}` on line {other_line}"
        " used up {key}.",
        "loop": "Did we mean to renew {key} in the loop of line {other_line}? `{call}` gives the"
        " same numbers in every pass.",
    },
    statement={
        "": "`{call}` uses up {key} again, after `{other}` on line {other_line}: the numbers"
        " repeat.",
        "split": "`{call}` uses up {key} again, after `{other}` on line {other_line}.",
        "loop": "`{call}` uses up {key} in every pass of the loop on line {other_line}, and nothing"
        " renews it.",
    },
    safety=Safety.UNSAFE,
    skill="jax",
    needs={"key"},
)
def jax_key_reused(timeline: Timeline) -> Iterator[Ask]:
    """Ask about keys that two calls, or two passes of a loop, use up."""
    module = timeline.module
    if not timeline.is_entry and not timeline.has("backward"):
        return
    for run in timeline.runs:
        asked: set[int] = set()
        for event, loop in looped(run):
            if id(event.facts["key"]) in asked:
                continue
            asked.add(id(event.facts["key"]))
            level = depth(event, loop)
            line = Place(event.stack[level].module, loop.span).line
            yield Ask(
                at=event.place_in(module),
                variant="loop",
                fields=_fields(timeline, event, level) | {"other_line": line},
                evidence=tuple(shown(timeline, event, "the same key in each pass")),
                fix=split_before(timeline, [event], level),
            )
        for uses in reused(run):
            first, second = uses[:2]
            if id(first.facts["key"]) in asked:
                continue
            level = parted(first, second)
            (one, called), (other, call) = (_use(timeline, e, level) for e in (first, second))
            way = second.way_from(module)
            reached = [(way, "reached from here")] if way and way.span != other.span else []
            yield Ask(
                at=second.place_in(module) if other.module is not module else other,
                variant="" if repeats(first, second) else "split",
                severity=None if repeats(first, second) else Severity.NOTE,
                fields=_fields(timeline, second, level)
                | {"call": call, "other": called, "other_line": _line(timeline, one)},
                evidence=((one, "uses up the key"), (other, "uses up the same key"), *reached),
                fix=split_before(timeline, uses, level),
            )


def _use(timeline: Timeline, event: Event, level: int) -> tuple[Place, str]:
    """The call that uses up a key where two such ways part, and what is called there."""
    frame = event.stack[level]
    if isinstance(frame.call, t.Call) and frame.call is not event.node:
        return Place(frame.module, frame.call.span), frame.module.text(frame.call.func)
    return event.place_in(timeline.module), event.short_in(timeline.module)


def _line(timeline: Timeline, place: Place) -> str:
    elsewhere = place.module is not timeline.module
    return f"{place.line} of {Path(place.module.path).name}" if elsewhere else place.line


def _fields(timeline: Timeline, event: Event, level: int = -1) -> dict[str, str]:
    name = next(iter(event.facts["held"][level]), "")
    return {"call": event.short_in(timeline.module), "key": f"`{name}`" if name else "its key"}
