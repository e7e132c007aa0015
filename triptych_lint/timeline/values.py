"""What a name can stand for while a run is followed.

Values are abstract: a literal is known, an object is known by its type, and what cannot be known is
:class:`Unknown`, about which no rule asks. Tags travel with a value through expressions and calls
(``grad``, ``norm``, ``anchor``), so that a rule follows what flows and not what it is called.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from triptych_lint import tree as t

if TYPE_CHECKING:
    from triptych_lint.module import Module
    from triptych_lint.timeline.contents import Width
    from triptych_lint.timeline.events import Event
    from triptych_lint.timeline.pieces import Piece

Tags = frozenset[str]
NO_TAGS: Tags = frozenset()
OPTIONAL = "optional"
"""The tag of objects that some branch leaves at None."""


@dataclass(slots=True, eq=False)
class Value:
    tags: Tags = field(default=NO_TAGS, kw_only=True)


@dataclass(slots=True, eq=False)
class Unknown(Value):
    """Something that cannot be read; keeps its identity, and what is called on it."""

    origin: str = ""
    """``param``, ``foreign`` (of a module that cannot be found), ``library`` (the method of a base
    class that is one's) or nothing."""
    name: str = ""
    owner: Value | None = None
    """The value of which this is the attribute ``name``."""
    attrs: dict[str, Value] = field(default_factory=dict)
    called: set[str] = field(default_factory=set)
    """Methods that the run calls on it: what walks like an optimizer is one."""

    @property
    def foreign(self) -> bool:
        return self.origin == "foreign"


@dataclass(slots=True, eq=False)
class Const(Value):
    """A literal; ``option`` where it is the default of something that the user may set."""

    value: Any
    option: bool = False


@dataclass(slots=True, eq=False)
class Lib(Value):
    """A library's module, class, function or constant, by qualified name."""

    name: str


@dataclass(slots=True, eq=False)
class Func(Value):
    """A function of the project; ``bound`` is its ``self`` or class."""

    node: t.Def
    module: Module
    scope: Scope
    bound: Value | None = None
    owner: Cls | None = None
    kind: str = ""
    """``static``, ``class``, ``property`` or nothing."""
    partial: tuple[tuple[Value, ...], dict[str, Value]] | None = None


@dataclass(slots=True, eq=False)
class Cls(Value):
    """A class of the project; ``bases`` holds project classes and library names."""

    node: t.Class
    module: Module
    scope: Scope
    bases: list[Value] = field(default_factory=list)
    is_dataclass: bool = False

    def lineage(self) -> Iterator[Cls]:
        """The class and its project bases, nearest first."""
        seen: list[Cls] = [self]
        for cls in seen:
            yield cls
            seen.extend(base for base in cls.bases if isinstance(base, Cls) and base not in seen)

    def library_bases(self) -> Iterator[str]:
        """Names of the library classes that it inherits from."""
        for cls in self.lineage():
            for base in cls.bases:
                if isinstance(base, Lib):
                    yield base.name

    @property
    def opaque(self) -> bool:
        """Whether some base cannot be read."""
        return any(isinstance(b, Unknown) for cls in self.lineage() for b in cls.bases)


@dataclass(slots=True, eq=False)
class Inst(Value):
    """An instance of a project class."""

    cls: Cls
    attrs: dict[str, Value] = field(default_factory=dict)
    called: set[str] = field(default_factory=set)


@dataclass(slots=True, eq=False)
class Super(Value):
    """``super()`` in a method of the class ``below``."""

    inst: Inst
    below: Cls


@dataclass(slots=True, eq=False)
class Lazy(Value):
    """A name that an imported module imports from the project: read when it is used."""

    importer: Module
    module: str
    level: int
    name: str | None
    value: Value | None = None


@dataclass(slots=True, eq=False)
class ModuleVal(Value):
    """A module of the project."""

    scope: Scope


@dataclass(slots=True, eq=False)
class Obj(Value):
    """An object that a library made: its type, the arguments it was made with, its attributes."""

    type: str
    made: Event | None = None
    parts: tuple[Value, ...] = ()
    """The values it was made from."""
    attrs: dict[str, Value] = field(default_factory=dict)
    called: set[str] = field(default_factory=set)
    fitted: Event | None = None
    waiting: list[Any] = field(default_factory=list)
    """Draws that happen when it is fitted or iterated, not when it is made."""


@dataclass(slots=True, eq=False)
class Member(Value):
    """An attribute of a library object that nobody has called yet."""

    owner: Obj
    name: str


@dataclass(slots=True, eq=False)
class Items(Value):
    """A tuple, list or set whose members are known; ``open`` where more were added."""

    kind: str
    items: list[Value]
    open: bool = False


@dataclass(slots=True, eq=False)
class Table(Value):
    """A dict whose string keys are known."""

    entries: dict[Any, Value]
    open: bool = False


@dataclass(slots=True, eq=False)
class Side:
    """The part of a split that rows belong to: ``train``, ``test``, or the part's number."""

    split: Event
    part: str
    table: int = 0
    """Which of the tables that were split together, in their order, these rows are from."""


@dataclass(slots=True, eq=False)
class Data(Obj):
    """Rows: a frame, an array, a dataset, or indices into one, with where they come from."""

    roots: frozenset[int] = frozenset()
    """The sources of the rows; what is derived from a table shares them."""
    fits: tuple[Event, ...] = ()
    """Fits whose output these rows carry."""
    added: tuple[tuple[str, Event], ...] = ()
    """Fits whose output only one column carries, with that column."""
    side: Side | None = None
    column: str | None = None
    """The one column that this is."""
    columns: tuple[str, ...] | None = None
    """The columns that these are, where they are listed."""
    taken: frozenset[str] = frozenset()
    """Columns that were taken out by name to make these rows; empty for whole tables."""
    rows: str = "same"
    """What was done to the rows last: ``same``, ``subset``, ``aggregated``, ``unique``, ..."""
    keys: frozenset[str] = frozenset()
    """Columns of which each value stands on one row only (after aggregation or deduplication)."""
    grouped: frozenset[str] = frozenset()
    """What the rows were aggregated by: each stands for several rows of before."""
    statistic: bool = False
    """A summary of the rows (a mean, a count) and no rows any more."""
    index: bool = False
    """Indices into the rows rather than the rows."""
    parsed: bool = False
    """A piece of each row (a part of a file's name), and not the row itself."""
    origin: str = ""
    """``param`` where the rows came in through a function that nobody calls."""
    names: frozenset[str] = frozenset()
    """Names that the rows were bound to."""
    piece: Piece | None = None
    """Which rows these are, where that is known for certain."""
    width: Width | None = None
    """Which columns these are, where that is known for certain."""

    def carries(self, fit: Event) -> bool:
        """Whether the output of ``fit`` is among these rows."""
        return fit in self.fits or any(event is fit for _, event in self.added)

    @property
    def part(self) -> str | None:
        """The part of a split that these rows are: a slice alone does not split."""
        return self.side.part if self.side and self.side.split.kind == "split" else None


@dataclass(slots=True, eq=False)
class Scope:
    """Names and what they stand for, in a module, a function call or a class body."""

    vars: dict[str, Value] = field(default_factory=dict)
    parent: Scope | None = None
    module: Module | None = None
    globals: set[str] = field(default_factory=set)
    is_class: bool = False

    def find(self, name: str) -> Value | None:
        scope: Scope | None = self
        first = True
        while scope is not None:
            # A class body is not visible from the functions inside it.
            if (first or not scope.is_class) and name in scope.vars:
                return scope.vars[name]
            scope, first = scope.parent, False
        return None

    def root(self) -> Scope:
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def bind(self, name: str, value: Value) -> None:
        if name in self.globals:
            owner: Scope | None = self.parent
            while owner is not None and owner.parent is not None and name not in owner.vars:
                owner = owner.parent
            (owner or self.root()).vars[name] = value
        else:
            self.vars[name] = value


def tags_of(values: Iterable[Value]) -> Tags:
    """All tags of ``values`` and of what they contain, one level deep."""
    out: Tags = NO_TAGS
    for value in values:
        if value.tags:
            out |= value.tags
        if isinstance(value, Items):
            out |= tags_of(value.items)
        elif isinstance(value, Table):
            out |= tags_of(value.entries.values())
    return out


PREDICTED = "predicted@"
"""The tag of predictions, followed by the number of the event that made them."""


def predictions(values: Iterable[Value]) -> list[int]:
    """The events that made the predictions among ``values``, by their numbers."""
    tags = tags_of(values)
    return sorted(int(tag[len(PREDICTED) :]) for tag in tags if tag.startswith(PREDICTED))


def rows_in(values: Iterable[Value]) -> list[Data]:
    """The tables among ``values`` and inside of lists, tuples and dicts among them."""
    out: list[Data] = []
    for value in values:
        if isinstance(value, Data):
            out.append(value)
        elif isinstance(value, Items):
            out.extend(rows_in(value.items))
        elif isinstance(value, Table):
            out.extend(rows_in(value.entries.values()))
    return out


def join(left: Value | None, right: Value | None) -> Value:
    """What a name stands for after a branch that may or may not have run.

    Claims are kept only where both sides make them; what clears a suspicion is kept from either.
    """
    if left is right and left is not None:
        return left
    if left is None or right is None:
        return (left or right) or Unknown()
    tags = left.tags | right.tags
    if isinstance(left, Const) and isinstance(right, Const):
        if type(left.value) is type(right.value) and left.value == right.value:
            return left
        return Unknown(tags=tags)
    if isinstance(left, Data) and isinstance(right, Data):
        return _join_rows(left, right)
    if isinstance(left, Obj) and isinstance(right, Obj) and left.type == right.type:
        return left
    if isinstance(left, Const) and left.value is None:
        return _optional(right)
    if isinstance(right, Const) and right.value is None:
        return _optional(left)
    return Unknown(tags=tags)


def _optional(value: Value) -> Value:
    """What may also be None; the object stays the same, so that what is done to it is known."""
    if isinstance(value, Obj):
        value.tags |= {OPTIONAL}
    return value


def _join_rows(left: Data, right: Data) -> Data:
    return Data(
        type=left.type,
        roots=left.roots | right.roots,
        fits=tuple(fit for fit in left.fits if fit in right.fits),
        side=left.side or right.side,
        column=left.column if left.column == right.column else None,
        added=tuple(pair for pair in left.added if pair in right.added),
        taken=left.taken | right.taken,
        rows=left.rows if left.rows == right.rows else "mixed",
        keys=left.keys | right.keys,
        grouped=left.grouped & right.grouped,
        index=left.index and right.index,
        statistic=left.statistic and right.statistic,
        origin=left.origin or right.origin,
        names=left.names | right.names,
        tags=left.tags | right.tags,
    )
