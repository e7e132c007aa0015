"""The syntax that the timeline reads: small nodes with character offsets, lowered from ``ast``.

Python's own tree differs from version to version and counts columns in bytes; these nodes do
neither (see ``lowering``). A span holds the brackets of a tuple or of a generator expression, but
no brackets that only group; operators go by the names of their classes in ``ast``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from triptych_lint.model import Span


@dataclass(slots=True, eq=False)
class Node:
    start: int
    end: int

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


# Expressions


@dataclass(slots=True, eq=False)
class Const(Node):
    value: Any


@dataclass(slots=True, eq=False)
class Name(Node):
    id: str


@dataclass(slots=True, eq=False)
class Attr(Node):
    value: Expr
    attr: str


@dataclass(slots=True, eq=False)
class Arg(Node):
    value: Expr
    keyword: str | None = None
    star: str = ""


@dataclass(slots=True, eq=False)
class Call(Node):
    func: Expr
    args: tuple[Arg, ...]


@dataclass(slots=True, eq=False)
class Sub(Node):
    value: Expr
    index: Expr


@dataclass(slots=True, eq=False)
class Slice(Node):
    lower: Expr | None
    upper: Expr | None
    step: Expr | None


@dataclass(slots=True, eq=False)
class Seq(Node):
    """A tuple, list or set display."""

    kind: str
    items: tuple[Expr, ...]


@dataclass(slots=True, eq=False)
class Dict(Node):
    """A dict display; a key of None stands for ``**value``."""

    items: tuple[tuple[Expr | None, Expr], ...]


@dataclass(slots=True, eq=False)
class Compare(Node):
    left: Expr
    rest: tuple[tuple[str, Expr], ...]


@dataclass(slots=True, eq=False)
class Bool(Node):
    op: str
    left: Expr
    right: Expr


@dataclass(slots=True, eq=False)
class Bin(Node):
    op: str
    left: Expr
    right: Expr


@dataclass(slots=True, eq=False)
class Unary(Node):
    op: str
    operand: Expr


@dataclass(slots=True, eq=False)
class Cond(Node):
    test: Expr
    body: Expr
    orelse: Expr


@dataclass(slots=True, eq=False)
class Lambda(Node):
    function: Def


@dataclass(slots=True, eq=False)
class Comp(Node):
    """A comprehension; ``clauses`` are (target, iterable, conditions) from the outside in."""

    kind: str
    elts: tuple[Expr, ...]
    clauses: tuple[tuple[Expr, Expr, tuple[Expr, ...]], ...]


@dataclass(slots=True, eq=False)
class FString(Node):
    """A formatted or concatenated string: literal parts and expressions."""

    parts: tuple[str | Expr, ...]


@dataclass(slots=True, eq=False)
class Star(Node):
    value: Expr


@dataclass(slots=True, eq=False)
class Walrus(Node):
    target: Name
    value: Expr


@dataclass(slots=True, eq=False)
class Wait(Node):
    """``await``, ``yield`` and ``yield from``."""

    kind: str
    value: Expr | None


Expr: TypeAlias = (
    Const
    | Name
    | Attr
    | Call
    | Sub
    | Slice
    | Seq
    | Dict
    | Compare
    | Bool
    | Bin
    | Unary
    | Cond
    | Lambda
    | Comp
    | FString
    | Star
    | Walrus
    | Wait
)


# Statements


@dataclass(slots=True, eq=False)
class Assign(Node):
    targets: tuple[Expr, ...]
    value: Expr | None
    annotation: Expr | None = None


@dataclass(slots=True, eq=False)
class AugAssign(Node):
    target: Expr
    value: Expr


@dataclass(slots=True, eq=False)
class ExprStmt(Node):
    value: Expr


@dataclass(slots=True, eq=False)
class Return(Node):
    value: Expr | None


@dataclass(slots=True, eq=False)
class Raise(Node):
    value: Expr | None


@dataclass(slots=True, eq=False)
class Assert(Node):
    test: Expr


@dataclass(slots=True, eq=False)
class Jump(Node):
    """``break``, ``continue``, ``pass``."""

    kind: str


@dataclass(slots=True, eq=False)
class Delete(Node):
    target: Expr


@dataclass(slots=True, eq=False)
class Scope(Node):
    """``global`` and ``nonlocal``."""

    kind: str
    names: tuple[str, ...]


@dataclass(slots=True, eq=False)
class If(Node):
    test: Expr
    body: Block
    orelse: Block


@dataclass(slots=True, eq=False)
class For(Node):
    target: Expr
    iter: Expr
    body: Block
    orelse: Block


@dataclass(slots=True, eq=False)
class While(Node):
    test: Expr
    body: Block
    orelse: Block


@dataclass(slots=True, eq=False)
class With(Node):
    items: tuple[tuple[Expr, Expr | None], ...]
    body: Block


@dataclass(slots=True, eq=False)
class Try(Node):
    body: Block
    handlers: tuple[tuple[str | None, Block], ...]
    orelse: Block
    final: Block


@dataclass(slots=True, eq=False)
class Match(Node):
    subject: Expr
    cases: tuple[Block, ...]


@dataclass(slots=True, eq=False)
class Import(Node):
    """``import a.b as c`` as ((dotted, alias), ...)."""

    names: tuple[tuple[str, str | None], ...]


@dataclass(slots=True, eq=False)
class ImportFrom(Node):
    """``from ..m import n as a``; a name of ``*`` imports everything."""

    module: str
    level: int
    names: tuple[tuple[str, str | None], ...]


@dataclass(slots=True, eq=False)
class Param:
    name: str
    kind: str = ""
    """``""``, ``*`` or ``**``; keyword-only parameters are ``kw``."""
    default: Expr | None = None
    annotation: Expr | None = None


@dataclass(slots=True, eq=False)
class Def(Node):
    name: str
    params: tuple[Param, ...]
    body: Block
    decorators: tuple[Expr, ...] = ()
    name_span: Span = field(default_factory=lambda: Span(0, 0))
    is_generator: bool = False


@dataclass(slots=True, eq=False)
class Class(Node):
    name: str
    bases: tuple[Arg, ...]
    body: Block
    decorators: tuple[Expr, ...] = ()
    name_span: Span = field(default_factory=lambda: Span(0, 0))


Stmt: TypeAlias = (
    Assign
    | AugAssign
    | ExprStmt
    | Return
    | Raise
    | Assert
    | Jump
    | Delete
    | Scope
    | If
    | For
    | While
    | With
    | Try
    | Match
    | Import
    | ImportFrom
    | Def
    | Class
)
Block: TypeAlias = tuple[Stmt, ...]
