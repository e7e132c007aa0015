"""A generator is copied into the workers of a loader, where all draw the same numbers.

PyTorch gives the global streams of each worker a seed of its own, for each epoch (since 1.9;
established by running 2.13), so that no `worker_init_fn` is needed for `np.random` or `random`. A
generator that the data set has made in `__init__` is another matter: each worker gets a copy with
its state. With four workers four images get the same crop, and the workers of the next epoch start
from the same state again (run: the numbers of both workers, and of both epochs, were equal).

    def __init__(self):
        self.rng = np.random.default_rng(0)
    def __getitem__(self, index):
        noise = self.rng.normal(size=self.shape)

    def __getitem__(self, index):
        rng = np.random.default_rng((torch.initial_seed() + index) % 2**32)

The widespread `worker_init_fn=lambda i: np.random.seed(42 + i)` brings the same about by itself:
the workers differ, and each epoch repeats the augmentation of the one before (run).

Asked of a script that trains, where the number of workers is known and more than zero. Left alone:
a generator made in the worker, a `worker_init_fn` that sees to it, one worker that persists, and
the order of an `IterableDataset`, on which the workers may have to agree.

Ignore it where the augmentation is meant to repeat. The fix gives the function the seed that torch
has for the worker; it is unsafe, since the numbers of the next run change. A copied generator is
moved by hand.
"""

from collections.abc import Iterator

from triptych_lint.rule import Ask, Safety, rule
from triptych_lint.timeline import Event, Timeline
from triptych_lint.timeline.reseedfix import seed_of_worker
from triptych_lint.timeline.seeding import shown
from triptych_lint.timeline.workers import copied, repeated


@rule(
    "TRP206",
    "worker-generator-copied",
    question={
        "": "Should each worker draw other numbers? `{call}` on line {line} is made before the"
        " {workers} workers start, and each draws from a copy of it.",
        "one": "Should each epoch draw other numbers? `{call}` on line {line} is made before the"
        " worker starts, and every epoch starts from a copy of it.",
        "epoch": "Should each epoch draw other numbers? `{call}` on line {line} gives the workers"
        " the same seed whenever they start, and `{use}` draws from it.",
    },
    statement={
        "": "`{call}` on line {line} is copied into {workers} workers, which draw the same"
        " numbers.",
        "one": "`{call}` on line {line} is copied into the worker of each epoch, which draws the"
        " same numbers.",
        "epoch": "`{call}` on line {line} seeds the workers alike in each epoch, so that `{use}`"
        " repeats its numbers.",
    },
    safety=Safety.UNSAFE,
    skill="pytorch-internals",
)
def worker_generator_copied(timeline: Timeline) -> Iterator[Ask]:
    """Ask about generators that are copied into workers, and seeds that workers repeat."""
    run = timeline.main
    if not timeline.is_entry or not run.complete:
        return
    for made, use in copied(run):
        yield _ask(timeline, made, use, "made before the workers start")
    for seed, draw in repeated(run):
        yield _ask(timeline, seed, draw, "the same in each epoch")


def _ask(timeline: Timeline, at: Event, use: Event, words: str) -> Ask:
    module = timeline.module
    loader = use.facts["worker"].made
    # Workers start where the loader is iterated; the loader says what they start with.
    elsewhere = at.kind == "worker_seed" and at.place.module is not module
    place = (loader if elsewhere else at).place_in(module)
    workers = loader.facts["args"].get("num_workers").value
    seeded = at.kind == "worker_seed"
    return Ask(
        at=place,
        variant="epoch" if seeded else "" if workers > 1 else "one",
        fields={
            "call": at.short,
            "line": place.line,
            "use": use.short,
            "workers": str(workers),
        },
        evidence=(
            (place, words),
            *shown(timeline, use, "drawn in the workers"),
            (loader.place_in(module), f"num_workers={workers}"),
        ),
        fix=seed_of_worker(timeline, at) if seeded else None,
    )
