"""Where a loop says how training goes, and what one more metric there looks like."""

from __future__ import annotations

import re
from collections.abc import Sequence

from triptych_lint import tree as t
from triptych_lint.edits import insert_after, names_in
from triptych_lint.model import Edit, Span
from triptych_lint.timeline.branches import conditions, exclusive, implied
from triptych_lint.timeline.events import Event, Run
from triptych_lint.timeline.losses import is_about

_QUOTED = re.compile(r"""(?P<prefix>[fF]?)(?P<quote>"|')(?P<body>(?:(?!(?P=quote)).)*)(?P=quote)""")


def nearest(run: Run, at: Event) -> Event | None:
    """The call that could carry what is known at ``at``: in its function, in a loop around it."""
    frame = at.stack[-1]
    looped = run.looped and not at.loops
    near = [
        report
        for report in run.of("report")
        if report.stack[-1].function is frame.function
        and report.place.module is at.place.module
        and (looped or set(report.loops) & set(at.loops))
        and not exclusive(report, at)
        and _says_something(report)
        and is_about(run, report)
    ]
    return min(near, key=lambda report: _distance(report, at), default=None)


def _says_something(report: Event) -> bool:
    """Whether values are reported, and not only that something begins or ends."""
    node = report.node
    return isinstance(node, t.Call) and any(not isinstance(a.value, t.Const) for a in node.args)


def _distance(report: Event, at: Event) -> tuple[bool, bool, bool, int, int]:
    text = report.place.module.text(report.node)
    return (
        report.facts["how"] == "text",
        report.order < at.order,
        "loss" not in text,
        abs(len(report.loops) - len(at.loops)),
        abs(report.order - at.order),
    )


def carry(
    run: Run, report: Event, bound: Event, statement: t.Stmt, name: str, number: str
) -> Edit | None:
    """Add the metric ``name`` to a report, where ``statement`` binds it at the event ``bound``.

    ``number`` is how the script writes the metric as a plain number; a report that takes tensors,
    and waits for no other value, gets it as it is.
    """
    node, module = report.node, report.place.module
    if not isinstance(node, t.Call):
        return None
    how = report.facts["how"]
    if "lazy" in report.facts["row"] and not _waits(run, report):
        number = name
    if report.order < bound.order:
        return _before(report, bound, statement, name, number) if how == "named" else None
    if not implied(bound.stack[-1], report.stack[-1]):
        return None
    if how == "named":
        line = _named(report, node, name, number)
        return insert_after(module, report.stack[-1].path[-1], [line]) if line else None
    if how == "fields":
        return _field(report, bound, node, name, number)
    return _text(report, node, name)


def _waits(run: Run, report: Event) -> bool:
    """Whether the report, or the dict that it is given, waits for the device already."""
    path = report.stack[-1].path
    around = getattr(path[-2], "body", path[-1:]) if len(path) > 1 else path[-1:]
    names = {a.value.id for a in getattr(report.node, "args", ()) if isinstance(a.value, t.Name)}
    made = [s for s in around if isinstance(s, t.Assign) and names & names_in(s.targets)]
    return any(
        run.catalog.waiting_words.search(report.place.module.text(node))
        for node in (report.node, *made)
    )


def _before(report: Event, bound: Event, statement: t.Stmt, name: str, number: str) -> Edit | None:
    """A report that stands before the metric is known is repeated behind it."""
    module = report.place.module
    line = _named(report, report.node, name, number) if isinstance(report.node, t.Call) else None
    own = conditions(bound.stack[-1])
    extra = [test for test in conditions(report.stack[-1]) if test not in own]
    if line is None or len(extra) > 1 or not implied(bound.stack[-1], report.stack[-1]):
        return None
    if not extra:
        return insert_after(module, statement, [line])
    test, branch = extra[0]
    text = module.text(test.test)
    if not branch or "\n" in text:
        return None
    return insert_after(module, statement, [f"if {text}:", f"    {line}"])


def _named(report: Event, node: t.Call, name: str, number: str) -> str | None:
    """``writer.add_scalar("train/loss", loss, step)`` once more, for another metric."""
    module = report.place.module
    row = report.facts["row"]
    params: Sequence[str] = row.get("params", ())
    tag = node.args[0].value if node.args and not node.args[0].star else None
    if not isinstance(tag, t.Const) or not isinstance(tag.value, str) or node.args[0].keyword:
        return None
    folder, slash, _ = tag.value.rpartition("/")
    rest = [
        module.source.text[arg.start : arg.end]
        for place, arg in enumerate(node.args)
        if arg.keyword in params[2:] or (arg.keyword is None and place > 1)
    ]
    if any("\n" in text for text in rest):
        return None
    quote = module.text(tag)[-1]
    given = [f"{quote}{folder}{slash}{name}{quote}", number, *rest]
    return f"{module.text(node.func)}({', '.join(given)})"


def _field(report: Event, bound: Event, node: t.Call, name: str, number: str) -> Edit | None:
    module = report.place.module
    last = node.args[-1]
    for arg in node.args:
        if isinstance(arg.value, t.Dict):
            return entry(report, arg.value, name, number)
        if isinstance(arg.value, t.Name) and arg.star != "*" and arg.keyword is None:
            made = _display_of(report, bound, arg.value.id)
            return entry(report, made, name, number) if made else None
    if any(arg.keyword is None for arg in node.args):
        return None
    return Edit(Span(last.end, last.end), f", {name}={number}") if module.text(node) else None


def _display_of(report: Event, bound: Event, name: str) -> t.Dict | None:
    """The dict display that the report's block binds to ``name``, after the metric is known."""
    path = report.stack[-1].path
    block = getattr(path[-2], "body", ()) if len(path) > 1 else ()
    for statement in reversed(block):
        if statement.start < path[-1].start and isinstance(statement, t.Assign):
            target = statement.targets[0]
            if isinstance(target, t.Name) and target.id == name:
                known = statement.start > bound.place.span.end
                value = statement.value
                return value if known and isinstance(value, t.Dict) else None
    return None


def entry(report: Event, display: t.Dict, name: str, number: str) -> Edit | None:
    """One more entry in a dict that is written out in the call, in that dict's own form."""
    if not display.items:
        return None
    key, value = display.items[-1]
    source = report.place.module.source.text
    quote = "'" if key is not None and source[key.start] == "'" else '"'
    start = (key or value).start
    newline = source.rfind("\n", display.start, start)
    lead = source[newline + 1 : start]
    gap = f"\n{lead}" if newline >= 0 and not lead.strip() else " "
    entry = f"{quote}{_folder(display)}{name}{quote}: {number}"
    return Edit(Span(value.end, value.end), f",{gap}{entry}")


def _folder(display: t.Dict) -> str:
    """``train/`` where the loss is logged as ``train/loss``."""
    keys = [key.value for key, _ in display.items if isinstance(key, t.Const)]
    loss = next((key for key in keys if isinstance(key, str) and "loss" in key), "")
    return "".join(loss.rpartition("/")[:2])


def _text(report: Event, node: t.Call, name: str) -> Edit | None:
    module = report.place.module
    places = [arg for arg in node.args if arg.keyword is None]
    if not places:
        return None
    message = _QUOTED.fullmatch(module.text(places[0].value))
    printed = report.name.startswith("builtins.")
    if printed and (message is None or len(places) > 1):
        end = places[-1].end
        return Edit(Span(end, end), f', f"{name} {{{name}:.3g}}"')
    if message is None:
        return None
    at = places[0].value.end - 1
    if message["prefix"]:
        return Edit(Span(at, at), f" {name} {{{name}:.3g}}")
    if len(places) == 1 or "%" not in message["body"]:
        return None
    end = places[-1].end
    rest = module.source.text[at:end]
    return Edit(Span(at, end), f" {name} %.3g{rest}, {name}")
