"""The updates of a run: each optimizer step in a loop, with the gradients that it applies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from triptych_lint.timeline.branches import exclusive
from triptych_lint.timeline.build import Timeline
from triptych_lint.timeline.events import Event, Run
from triptych_lint.timeline.loops import step_of
from triptych_lint.timeline.norms import SCALED
from triptych_lint.timeline.values import Obj, Value


@dataclass(slots=True, eq=False)
class Update:
    """A step of an optimizer, and the last ``backward`` whose gradients it applies."""

    run: Run
    backward: Event
    step: Event

    @property
    def clips(self) -> list[Event]:
        """What clips the gradients on the way from the loss to the step."""
        return [clip for clip in self.run.of("clip") if self.leads_to_step(clip)]

    @property
    def clip(self) -> Event | None:
        """The clip that knows the norm."""
        return next((c for c in self.clips if c.facts["row"].get("norm") == "result"), None)

    def leads_to_step(self, event: Event) -> bool:
        """Whether an event stands between the last ``backward`` and the step."""
        # A closure computes the gradients inside of the step.
        last = self.step.order if self.step.order > self.backward.order else len(self.run.events)
        shared = min(len(event.loops), len(self.step.loops))
        return (
            self.backward.order < event.order < last
            and event.loops[:shared] == self.step.loops[:shared]
            and not exclusive(event, self.step)
            and not exclusive(event, self.backward)
        )

    @property
    def scaler(self) -> Obj | None:
        """The gradient scaler that the script holds in its hands, if there is one."""
        receiver = self.step.receiver
        held = isinstance(receiver, Obj) and self.run.catalog.kind(receiver.type) == "scaler"
        return receiver if held and isinstance(receiver, Obj) else None

    @property
    def optimizer(self) -> Value | None:
        """The optimizer that is stepped, by its own hand or by the scaler's."""
        if self.scaler is None:
            return self.step.receiver
        given: list[Value] = self.step.facts["args"].values
        return given[0] if given else None

    @property
    def loss_scaled(self) -> bool:
        """Whether the script scales the loss before its ``backward``."""
        loss = self.backward.receiver
        return loss is not None and SCALED in loss.tags

    @property
    def scaled(self) -> bool:
        """Whether the gradients may be scaled, by whatever scales."""
        hidden = "scales" in self.backward.facts["row"]
        return self.loss_scaled or hidden or self.scaler is not None


def updates(timeline: Timeline) -> Iterator[Update]:
    """The updates of all runs whose ``backward`` stands in the module, in order."""
    for run in timeline.runs:
        if run.complete:
            yield from _updates_of(timeline, run)


def _updates_of(timeline: Timeline, run: Run) -> list[Update]:
    found: list[Update] = []
    for backward in run.of("backward"):
        if backward.place.module is not timeline.module:
            continue
        step = step_of(run, backward)
        if step is None:
            continue
        same = next((u for u in found if _same(u, backward, step)), None)
        if same is None:
            found.append(Update(run, backward, step))
        # Several losses may go into one step; the norm is complete at the last of them.
        elif not exclusive(backward, same.backward) and backward.order < step.order:
            same.backward, same.step = backward, step
    return found


def _same(update: Update, backward: Event, step: Event) -> bool:
    """Whether a loss goes into an update that is known already."""
    if step is update.step:
        return True
    together = not exclusive(step, update.step) and not exclusive(backward, update.backward)
    return (
        together
        and step.receiver is update.step.receiver
        and step.loops[-1:] == update.step.loops[-1:]
    )
