"""Pitfall 3: are the gradients finite, and does anybody look?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from triptych_lint import tree as t
from triptych_lint.mentor import syntax
from triptych_lint.mentor.why.chapter import WORDS, Chapter, Context, Next
from triptych_lint.timeline.events import Event
from triptych_lint.timeline.looks import looks
from triptych_lint.timeline.updates import updates

SAYS = WORDS["gradients"]
KINDS = ("backward", "unscale", "clip", "observe", "update", "zero", "train", "logs_norm")
WRAPPERS = re.compile(r"^(?:tqdm|trange|enumerate|track|progress)\b[\w.]*\((.*)\)$", re.DOTALL)


def chapter(context: Context) -> Chapter:
    """What computes gradients, what looks at them, and what steps."""
    found = context.begin("gradients", context.of(*KINDS))
    trained = list(context.events("train"))
    backward = context.of("backward")
    if not backward and not trained:
        found.remarks.append(SAYS["no_gradients"])
    if not backward:
        for event in trained[:1]:
            found.remarks.append(
                SAYS["library"].format(call=event.short, place=context.place_of(event))
            )
    found.settled += _settled(context, found)
    found.next += list(context.fixes(found))
    found.next += _checks(context, trained)
    return found


def _settled(context: Context, found: Chapter) -> list[str]:
    said: list[str] = []
    codes = {entry.diagnostic.code for entry in found.open}
    for event in context.events("logs_norm"):
        said.append(SAYS["logs"].format(call=event.short, place=context.place_of(event)))
    timeline = context.reading.timeline
    for update in updates(timeline):
        seen = [e for e in looks(timeline, update) if e.kind == "observe"]
        if seen and "TRP301" not in codes:
            said.append(SAYS["looked"].format(place=context.place_of(seen[0])))
    if "TRP306" not in codes:
        said += [SAYS["zeroed"].format(place=context.place(m.region)) for m in context.of("zero")]
    if "TRP304" not in codes and context.of("clip"):
        said += [
            SAYS["unscaled"].format(place=context.place(m.region)) for m in context.of("unscale")
        ]
    return list(dict.fromkeys(said))


def _checks(context: Context, trained: list[Event]) -> list[Next]:
    found: list[Next] = []
    for event in trained[:1]:
        for framework in WORDS["frameworks"]:
            if not re.search(framework["calls"], event.name):
                continue
            if "callback" in framework:
                fields = {"name": framework["callback"], "call": event.short, "line": event.line}
                found.append(Next(SAYS["nan_callback"].format(**fields)))
            if "flag" in framework:
                found += _flag(context, framework)
    if not _fits_one_batch(context):
        found += _one_batch(context)
    if context.of("backward", "logs_norm"):
        found.append(Next(SAYS["watch"].format(path=context.reading.path)))
    return found


def _flag(context: Context, framework: Mapping[str, Any]) -> list[Next]:
    """An argument that the framework's own object takes, where it is made and not given."""
    flag = str(framework["flag"])
    line = _made_at(context, framework["made"])
    given = flag.partition("=")[0] in context.reading.source.text
    if line is None or given or (not framework.get("always") and _fits_one_batch(context)):
        return []
    says = "flag" if framework.get("always") else "one_batch_flag"
    return [Next(SAYS[says].format(flag=flag, line=line))]


def _fits_one_batch(context: Context) -> bool:
    return any(step.key == "overfit" and step.state == "seen" for step in context.steps)


def _made_at(context: Context, name: str) -> int | None:
    module = context.reading.module
    for call, called in syntax.calls(module):
        if called.rpartition(".")[2] == name:
            return module.source.region(call.span).start.row
    return None


def _one_batch(context: Context) -> list[Next]:
    """The patch that takes one batch out of the innermost loop over batches."""
    module = context.reading.module
    for update in updates(context.reading.timeline):
        shared = [loop for loop in update.backward.loops if loop in update.step.loops]
        loop = shared[-1] if shared else None
        if not isinstance(loop, t.For):
            continue
        target, batches = module.text(loop.target), module.text(loop.iter)
        counter = re.match(r"^\w+, *\(?(.*?)\)?$", target, re.DOTALL)
        again = "_"
        while wrapped := WRAPPERS.match(batches):
            if batches.startswith("enumerate") and counter:
                again, target = target.partition(",")[0], counter[1]
            batches = wrapped[1].split(", ")[0]
        if not batches.replace(".", "").replace("_", "").isalnum() or not re.search(
            r"(?i)load|batch|iter|data|train|_dl\b|^dl\b", batches
        ):
            continue
        row = module.source.region(loop.span).start.row
        head = f"for {module.text(loop.target)} in {module.text(loop.iter)}:"
        if "\n" in head:
            continue
        patch = (
            f"+ {target} = next(iter({batches}))",
            f"- {head}",
            f"+ for {again} in range(200):",
        )
        return [Next(SAYS["one_batch"].format(line=row), patch=patch)]
    return []
