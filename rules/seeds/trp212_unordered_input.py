"""Rows are split in an order that nothing fixes.

A seed fixes which places the split takes, not which rows stand there. `os.listdir`, `glob` and
`Path.iterdir` give the order of the file system, another one on the next machine or after a copy,
which is a note. A set of texts is shuffled anew whenever Python starts, so that each run trains on
rows that the last one held out, seed or not (run: `list(set(names))` before a seeded shuffle
differs from run to run, `sorted(set(names))` does not).

    patients = list({path.name.split("_")[0] for path in files})
    train, test = train_test_split(patients, random_state=0)

    patients = sorted({path.name.split("_")[0] for path in files})

The order is followed from the listing through loops, lists, arrays and data sets of the project's
own to the split; sorting anywhere on the way settles it. Asked only where the split itself is
seeded, or takes slices: what is not seeded at all is another question (TRP201). Left alone: what is
counted or looked up only, one file of a folder, a split inside of the loop over the files, and
classes that list their files but count their rows by something else.

Ignore it where the lists of both sides are saved and read again. The fix sorts the listing; it is
unsafe, since the next run splits differently, once.
"""

from collections.abc import Iterator

from triptych_lint.rule import Ask, Safety, Severity, rule
from triptych_lint.timeline import Event, Run, Sure, Timeline
from triptych_lint.timeline.listing import sources
from triptych_lint.timeline.listingfix import sort_at
from triptych_lint.timeline.seeding import seeds


@rule(
    "TRP212",
    "unordered-input",
    question={
        "listing": "Would {split} on line {split_line} hold out the same rows on another machine?"
        " `{call}` on line {line} lists them in the file system's order.",
        "set": "Does {split} on line {split_line} hold out the same rows in the next run? They come"
        " from a set of texts on line {line}, whose order changes whenever Python starts.",
    },
    statement={
        "listing": "{split} on line {split_line} depends on the order in which `{call}` on line"
        " {line} lists the rows.",
        "set": "{split} on line {split_line} depends on the order of a set of texts on line {line},"
        " which changes from run to run.",
    },
    safety=Safety.UNSAFE,
    needs={"unordered"},
)
def unordered_input(timeline: Timeline) -> Iterator[Ask]:
    """Ask about the first split whose rows come in no order, for each place they come from."""
    run, module = timeline.main, timeline.module
    if not timeline.is_entry or not run.complete:
        return
    asked: set[int] = set()
    for split in run.of("split", at_least=Sure.YES):
        found = [run.events[order] for order in sorted(_loose(split))]
        new = [event for event in found if event.order not in asked]
        if not new or split.loops or not _is_repeatable(run, split):
            continue
        asked.update(event.order for event in found)
        first = next((e for e in found if e.facts["how"] == "set"), found[0])
        changing = first.facts["how"] == "set"
        place = split.place_in(module)
        short = split.short_in(module)
        yield Ask(
            at=first.place_in(module),
            variant="set" if changing else "listing",
            severity=Severity.WARNING if changing else Severity.NOTE,
            fields={
                "call": first.short_in(module),
                "split": f"`{short}`" if short and split.facts["by"] != "slices" else "the slice",
                "split_line": place.line,
            },
            evidence=(
                *((event.place, "in no fixed order") for event in found),
                (place, "split here"),
            ),
            fix=sort_at(timeline, found),
        )


def _loose(split: Event) -> frozenset[int]:
    """The events that gave the rows of a split in no order."""
    rows = [data for data in split.facts["data"] if not data.statistic]
    return sources(tag for data in rows for tag in data.tags)


def _is_repeatable(run: Run, split: Event) -> bool:
    """Whether the next run takes the same places: by a seed, or by slices of what is not shuffled.

    Places in order, as `KFold` takes them, differ from one another no more than any others do.
    """
    if split.facts["random"] is not Sure.YES:
        return split.facts["random"] is Sure.NO and split.facts["by"] == "slices"
    nodes = [event.node for event in (split, split.facts.get("shuffle")) if event is not None]
    draws = [event for event in run.of("draw") if event.node in nodes]
    seeded = seeds(run)
    return all(
        (seed := seeded.get(draw.facts["stream"])) is not None
        and seed.order < draw.order
        and seed.sure is Sure.YES
        and seed.facts["fixed"]
        for draw in draws
    )
