"""A training is resumed, and each start of the script splits the rows anew.

The checkpoint has learned from the training side of yesterday. Where nothing seeds the split, the
side that is held out today holds rows of it: the validation loss drops after every restart, and no
score of the resumed run says anything about rows that were never seen. With a tenth held out, nine
in ten of the rows that are held out after a restart have been trained on.

    train, valid = random_split(data, [0.9, 0.1])
    optimizer.load_state_dict(torch.load(path)["optimizer"])

    split = torch.Generator().manual_seed(0)
    train, valid = random_split(data, [0.9, 0.1], generator=split)

Asked where the script can resume (the state of an optimizer is loaded, or a trainer is given a
checkpoint) and a random split draws from a stream that nothing seeds. Left
alone: splits with a seed or generator of their own, a seed anywhere before, helpers that may seed,
pre-trained weights (no optimizer state), and splits that are saved and read.

Ignore it where the sides are kept elsewhere. There is no fix here: TRP201 and TRP204 seed the run.
"""

from collections.abc import Iterator

from triptych_lint.rule import Ask, rule
from triptych_lint.timeline import Event, Run, Sure, Timeline
from triptych_lint.timeline.seeding import may_be_seeded_elsewhere, seeds
from triptych_lint.timeline.values import Const


@rule(
    "TRP410",
    "split-not-reproducible",
    question="Are the rows that `{split}` on line {line} holds out the same after a restart?"
    " Nothing seeds it, and `{load}` on line {load_line} goes on with an earlier training.",
    statement="`{split}` is not seeded, and `{load}` on line {load_line} resumes a training that"
    " has seen other rows.",
    needs={"resume"},
)
def split_not_reproducible(timeline: Timeline) -> Iterator[Ask]:
    """Ask about the first unseeded split of a run that may be resumed."""
    run, module = timeline.main, timeline.module
    resume = next((event for event in run.of("resume", at_least=Sure.NO) if _goes_on(event)), None)
    if not timeline.is_entry or not run.complete or resume is None:
        return
    for split in run.of("split", at_least=Sure.YES):
        if split.facts["random"] is not Sure.YES or not _is_unseeded(run, split):
            continue
        place, other = split.place_in(module), resume.place_in(module)
        yield Ask(
            at=place,
            fields={
                "split": split.short_in(module) or "the slices",
                "load": resume.short_in(module),
                "load_line": other.line,
            },
            evidence=((place, "split anew in each run"), (other, "an earlier training goes on")),
        )
        return


def _goes_on(event: Event) -> bool:
    """Whether a checkpoint may be given."""
    row = event.facts["row"]
    given = event.facts["args"].get(row["resumes"], row.get("params"))
    return given is not None and not (
        isinstance(given, Const) and not given.value and not given.option
    )


def _is_unseeded(run: Run, split: Event) -> bool:
    """Whether what the split draws from is certainly never seeded."""
    nodes = [event.node for event in (split, split.facts.get("shuffle")) if event is not None]
    draws = [event for event in run.of("draw", at_least=Sure.YES) if event.node in nodes]
    seeded = seeds(run)
    return bool(draws) and all(
        draw.facts["stream"] not in seeded and not may_be_seeded_elsewhere(run, draw)
        for draw in draws
    )
