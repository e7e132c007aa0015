"""Where a dashboard's address comes from, and where it is shown.

An *anchor* is a value that stands for a dashboard: an object of its library, its exact command, or
a URL that is bound to its name. The tag ``anchor:NAME`` travels with it; a *frame* is a call that
shows its argument inside the page.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from triptych_lint import tree as t
from triptych_lint.catalog import Row
from triptych_lint.timeline.values import Cls, Const, Lib, Tags, Unknown, Value, tags_of

if TYPE_CHECKING:
    from triptych_lint.timeline.calls import Args
    from triptych_lint.timeline.interpreter import Interpreter

_URL = re.compile(r"^\s*(?:https?:)?//|^localhost:\d+|^\s*https?:|^127\.0\.0\.1:\d+")
_IFRAME = re.compile(r"<iframe\b", re.IGNORECASE)


def tag(dashboard: str) -> str:
    """The tag of a value that stands for a dashboard."""
    return f"anchor:{dashboard}"


def named(it: Interpreter, value: Value, name: str) -> Value:
    """A URL that is bound to a name with the dashboard's name in it is an anchor."""
    for word, dashboard in it.catalog.anchor_words.items():
        if word in name.lower() and tag(dashboard) not in value.tags and _may_be_url(value):
            return _tagged(value, tag(dashboard))
    return value


def _may_be_url(value: Value) -> bool:
    if isinstance(value, Const):
        return isinstance(value.value, str) and bool(_URL.search(value.value))
    return isinstance(value, Unknown) and (
        "url" in value.tags or bool(_URL.search(value.name)) or "environment" in value.tags
    )


def _tagged(value: Value, mark: str) -> Value:
    if isinstance(value, Const):
        return Const(value.value, option=value.option, tags=value.tags | {mark})
    value.tags |= {mark}
    return value


def text_method(held: Const, name: str, args: Args, tags: Tags) -> Value:
    """A method of a string literal: what is formatted into it flows on."""
    if name in ("strip", "rstrip", "lstrip", "lower", "encode"):
        return Const(held.value, option=held.option, tags=tags)
    return Unknown(name=str(held.value), tags=tags)


def frame(it: Interpreter, name: str, row: Row, args: Args, node: t.Node) -> None:
    """Note a call that shows its argument in a frame, if an anchor flows into it."""
    rule = row.get("frame")
    if not rule:
        return
    for kind, where in rule.items():
        value = args.at(where, row.get("params"))
        if value is None:
            continue
        tags = tags_of([value])
        title = args.get("title")
        if isinstance(title, Const) and isinstance(title.value, str):
            tags |= _words(it, title.value)
        text = _text(value)
        if kind == "html":
            if not _IFRAME.search(text):
                continue
            tags |= _words(it, text)
        marks = sorted(mark[7:] for mark in tags if mark.startswith("anchor:"))
        if marks:
            it.emit("frame", name, node, dashboard=marks[0], shows=kind, args=args)


def _text(value: Value) -> str:
    if isinstance(value, Const) and isinstance(value.value, str):
        return value.value
    return value.name if isinstance(value, Unknown) else ""


def _words(it: Interpreter, text: str) -> Tags:
    lowered = text.lower()
    return frozenset(
        tag(dashboard) for word, dashboard in it.catalog.anchor_words.items() if word in lowered
    )


def embedded(it: Interpreter, cls: Cls) -> None:
    """Note a class that embeds a dashboard: it inherits from what embeds, and names it."""
    bases = {_base_name(base) for base in cls.bases}
    if not bases & it.catalog.frame_classes:
        return
    marks = _words(it, cls.module.text(cls.node))
    for mark in sorted(marks):
        it.emit("frame", cls.node.name, cls.node, dashboard=mark[7:], shows="tool", args=None)


def _base_name(value: Value) -> str:
    if isinstance(value, Cls):
        return value.node.name
    name = value.name if isinstance(value, (Lib, Unknown)) else ""
    return name.rpartition(".")[2]
