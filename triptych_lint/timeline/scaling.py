"""Gradients that a scaler has scaled up: who meets them before they are unscaled."""

from __future__ import annotations

from triptych_lint import tree as t
from triptych_lint.edits import insert_before
from triptych_lint.model import Fix, Safety
from triptych_lint.timeline.branches import exclusive
from triptych_lint.timeline.build import Timeline
from triptych_lint.timeline.events import Event, Sure
from triptych_lint.timeline.updates import Update
from triptych_lint.timeline.values import Const, Obj, Value


def looked_at_scaled(update: Update) -> Event | None:
    """The first clip, or look at a norm, between a scaled ``backward`` and any ``unscale_``."""
    scaler = update.scaler
    if scaler is None or not update.loss_scaled or _switched_off(scaler):
        return None
    for clip in update.clips:
        # A clip that knows its scaler (Accelerate's, Fabric's) is a method of what scales.
        if clip.receiver is None and not _may_be_unscaled(update, clip, clip.order):
            return clip
    for look in update.run.of("observe"):
        moments = [
            m for m in look.facts["moments"] if update.backward.order < m <= update.step.order
        ]
        seen = look.facts["how"] in ("shown", "tested")
        if moments and seen and not _may_be_unscaled(update, look, min(moments)):
            return look
    return None


def _switched_off(scaler: Obj) -> bool:
    args = scaler.made.facts.get("args") if scaler.made is not None else None
    enabled = args.get("enabled", ()) if args is not None else None
    return isinstance(enabled, Const) and not enabled.value


def _may_be_unscaled(update: Update, event: Event, moment: int) -> bool:
    """Whether the gradients are unscaled on the way to an event, or may be out of sight."""
    for other in update.run.of("unscale", "rescale", "opaque", at_least=Sure.NO):
        if not update.backward.order < other.order < moment or exclusive(other, event):
            continue
        if other.kind != "opaque" or _knows(other, update.scaler):
            return True
    return False


def _knows(opaque: Event, scaler: Value | None) -> bool:
    values: list[Value] = opaque.facts["values"]
    return scaler in values or opaque.receiver is scaler


def unscale(timeline: Timeline, update: Update, early: Event) -> Fix | None:
    """Put ``unscale_`` in front of an early clip; None where the script unscales elsewhere."""
    step, frame = update.step.node, early.stack[-1]
    here = frame.module is timeline.module and frame.function is update.step.stack[-1].function
    if early.kind != "clip" or not here or update.run.has("unscale"):
        return None
    if not isinstance(step, t.Call) or not isinstance(step.func, t.Attr) or len(step.args) != 1:
        return None
    module = timeline.module
    line = f"{module.text(step.func.value)}.unscale_({module.text(step.args[0].value)})"
    edit = insert_before(module, frame.path[-1], [line])
    return Fix(Safety.UNSAFE, "Unscale the gradients before the clip", (edit,)) if edit else None
