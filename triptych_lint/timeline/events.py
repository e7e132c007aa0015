"""What happens in a run, and the context in which it does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from triptych_lint import tree as t
from triptych_lint.rule import Place

if TYPE_CHECKING:
    from triptych_lint.catalog import Catalog
    from triptych_lint.module import Module
    from triptych_lint.timeline.values import Value


class Sure(IntEnum):
    """Whether the default run meets an event."""

    NO = 0
    """A decided condition keeps it out: an option that is off by default."""
    MAYBE = 1
    """A condition that cannot be decided stands before it."""
    YES = 2


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One level of the call stack: where in its function the run is."""

    module: Module
    function: t.Def | None
    path: tuple[t.Stmt, ...]
    """The statements that the run is in, from the function's body inwards."""
    call: t.Node | None = None
    """The expression that is being evaluated, where a call leads on to the next frame."""


@dataclass(slots=True, eq=False)
class Event:
    """One thing that matters to training, at one place of the run."""

    kind: str
    name: str
    """The qualified name of what is called, as the catalogue knows it."""
    node: t.Node
    place: Place
    sure: Sure
    order: int
    loops: tuple[t.Node, ...]
    stack: tuple[Frame, ...]
    facts: dict[str, Any] = field(default_factory=dict)
    receiver: Value | None = None
    undecided: int = 0
    """Conditions around it, of which nobody knows how they end."""

    @property
    def short(self) -> str:
        """What is called, as the script writes it, where that is plain; else its last name."""
        last = self.name.rpartition(".")[2]
        func = self.node.func if isinstance(self.node, t.Call) else None
        spelled: list[str] = []
        while isinstance(func, t.Attr):
            spelled.append(func.attr)
            func = func.value
        if isinstance(func, t.Name):
            spelled.append(func.id)
        # A draw that waited for a fit happens at `model.fit`; its name is the model's.
        return ".".join(reversed(spelled)) if spelled[:1] == [last] else last

    def short_in(self, module: Module) -> str:
        """What ``module`` calls there: for what another file does, the call that leads to it."""
        if self.place.module is not module:
            for frame in reversed(self.stack):
                if frame.module is module and isinstance(frame.call, t.Call):
                    called = module.text(frame.call.func)
                    return called if called.replace(".", "").isidentifier() else self.short
        return self.short

    @property
    def line(self) -> int:
        return self.place.module.source.position(self.place.span.start)[1].row

    def place_in(self, module: Module) -> Place:
        """Where ``module`` does this, or leads to it: the innermost call of it on the stack."""
        if self.place.module is module:
            return self.place
        for frame in reversed(self.stack):
            if frame.module is module and frame.call is not None:
                return Place(module, frame.call.span)
            if frame.module is module and frame.path:  # an import that runs what it imports
                return Place(module, frame.path[-1].span)
        return self.place

    def way_from(self, module: Module) -> Place | None:
        """The call on the run's own course in ``module`` that leads here, if it is another line."""
        for frame in self.stack:
            driver = frame.function is None or frame.function.name == "main"
            last = frame is self.stack[-1]
            if frame.module is module and frame.call is not None and not last and driver:
                deeper = self.stack[self.stack.index(frame) + 1]
                if deeper.function is not None and deeper.function.name == "main":
                    continue
                return Place(module, frame.call.span)
        return None


@dataclass(slots=True, eq=False)
class Run:
    """The events of one way into the module, in order.

    ``root`` is the function that a fragment starts in: one that nothing in its module calls, with
    arguments that nobody knows. The run of an entry point has no root.
    """

    catalog: Catalog
    events: list[Event] = field(default_factory=list)
    root: t.Def | None = None
    owner: t.Class | None = None
    """The class of which ``root`` is a method."""
    at: Place | None = None
    """Where the module defines or imports ``root``, if it is a function of its own."""
    looped: bool = False
    """Whether a framework calls ``root`` for each batch."""
    unread: frozenset[str] = frozenset()
    """Functions and classes of libraries that it calls, and of which no row tells."""
    complete: bool = True
    """False where the run was longer than the engine follows."""

    def of(self, *kinds: str, at_least: Sure = Sure.MAYBE) -> Iterator[Event]:
        """Events of these kinds that are at least this sure."""
        return (e for e in self.events if e.kind in kinds and e.sure >= at_least)

    def has(self, *kinds: str, at_least: Sure = Sure.MAYBE) -> bool:
        return next(self.of(*kinds, at_least=at_least), None) is not None
