"""`PYTHONHASHSEED` is set in the running script, where it has no effect any more.

Python reads it once, when the interpreter starts. Set through `os.environ` later it changes no hash
of this process: two runs still iterate over a set of texts in another order (established by
running). Only processes that are started afterwards see it.

    os.environ["PYTHONHASHSEED"] = str(seed)        # in seed_everything()

    PYTHONHASHSEED=0 python train.py

A note, once for a run, since the line harms nothing: it only promises what it does not do. Where
the run starts a process (`subprocess`, `multiprocessing`, `os.execv`, `mp.spawn`), the variable may
be meant for that one, and nothing is asked.

Ignore it where no result depends on the order of a set or on `hash`. There is no fix in the script:
the variable belongs to the command that starts it.
"""

from collections.abc import Iterator

from triptych_lint.rule import Ask, Severity, rule
from triptych_lint.timeline import Event, Sure, Timeline
from triptych_lint.timeline.values import Const

VARIABLE = "PYTHONHASHSEED"


@rule(
    "TRP207",
    "pythonhashseed-at-runtime",
    question="Could `PYTHONHASHSEED` be set before Python starts? On line {line} it comes too late"
    " for this process: `PYTHONHASHSEED=0 python {script}` would reach it.",
    statement="`PYTHONHASHSEED` is set on line {line}, where it has no effect on the running"
    " interpreter.",
    severity=Severity.NOTE,
    needs={"export"},
)
def pythonhashseed_at_runtime(timeline: Timeline) -> Iterator[Ask]:
    """Ask about the first line that sets the variable, if no process is started after it."""
    run, module = timeline.main, timeline.module
    if not timeline.is_entry or run.has("start", at_least=Sure.NO):
        return
    for event in run.of("export", at_least=Sure.YES):
        if _is_hash_seed(event):
            place = event.place_in(module)
            evidence = [(place, "set here")]
            if event.place.module is not module:
                evidence.append((event.place, "set here, when Python runs already"))
            script = module.path.replace("\\", "/").rpartition("/")[2]
            yield Ask(at=place, fields={"script": script}, evidence=tuple(evidence))
            return


def _is_hash_seed(event: Event) -> bool:
    key = event.facts["args"].at(0)
    return isinstance(key, Const) and key.value == VARIABLE
