"""Everything is seeded, and two runs on a GPU still end with different weights.

Seeds fix the numbers that are drawn, not the order in which a GPU adds up. Seeded with
`torch.manual_seed`, a small CNN ended with different weights in two runs on an H100; with
`cudnn.deterministic = True` they were the same to the bit (run). The flag cost nothing that could
be told from the noise on a ResNet-50 (0.98x; `cudnn.benchmark` 0.95x,
`use_deterministic_algorithms(True)` 1.18x), and may cost more with other shapes and cards.

    torch.manual_seed(0)

    torch.manual_seed(0)
    torch.backends.cudnn.deterministic = True

Off by default: many runs need no more than the same result within noise. Asked once for a run that
builds convolutions, takes a CUDA device and seeds torch before it draws. The flag leaves a few
operations that differ (`index_add`, the backward pass of bilinear `interpolate`);
`torch.use_deterministic_algorithms(True)` covers these and raises an error where it cannot.

Ignore it where the spread between runs is measured anyway. The fix sets the flag after the seed; it
is unsafe, since the numbers of the next run change.
"""

from collections.abc import Iterator

from triptych_lint.rule import Ask, Safety, Severity, rule
from triptych_lint.timeline import Sure, Timeline
from triptych_lint.timeline.seeding import first_draws, seeds, shown, unseeded
from triptych_lint.timeline.sums import asks_for_one_order, benchmark, fix_order, varying

STREAM = "torch"


@rule(
    "TRP209",
    "seeded-not-deterministic",
    question={
        "": "Are two runs on the same GPU meant to agree to the bit? The seed on line {line} does"
        " not fix the order in which cuDNN adds up; `cudnn.deterministic = True` does (measured"
        " cost on a ResNet-50: within noise).",
        "benchmark": "Are two runs on the same GPU meant to agree to the bit? With"
        " `cudnn.benchmark` on line {line}, cuDNN picks what is fastest at the time, seed or not"
        " (measured gain on a ResNet-50: 5 %).",
    },
    statement={
        "": "The run is seeded on line {line}, and cuDNN's sums still differ from run to run.",
        "benchmark": "The run is seeded, and `cudnn.benchmark` on line {line} picks algorithms by"
        " their speed.",
    },
    severity=Severity.NOTE,
    default=False,
    safety=Safety.UNSAFE,
    needs={"device"},
)
def seeded_not_deterministic(timeline: Timeline) -> Iterator[Ask]:
    """Ask once about a run that is seeded throughout and leaves the order of its sums open."""
    run, module = timeline.main, timeline.module
    layer, seed = varying(run), seeds(run).get(STREAM)
    if not timeline.is_entry or not run.complete or layer is None or seed is None:
        return
    drawn = first_draws(run).get(STREAM)
    early = drawn is None or drawn.order > seed.order
    if seed.sure < Sure.YES or not early or unseeded(timeline) or asks_for_one_order(run):
        return
    fastest = benchmark(run)
    at = fastest or seed
    yield Ask(
        at=at.place_in(module),
        variant="benchmark" if fastest else "",
        evidence=(
            (seed.place_in(module), "seeded here"),
            *shown(timeline, layer, "summed by cuDNN on CUDA"),
        ),
        fix=fix_order(timeline, seed, fastest),
    )
