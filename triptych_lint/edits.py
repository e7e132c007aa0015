"""Building text edits in a script's own dialect: where a line goes, and what is bound there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from triptych_lint import tree as t
from triptych_lint.model import Edit, Span
from triptych_lint.module import Module


def line_start(module: Module, offset: int) -> int:
    """The offset at which the line of ``offset`` starts."""
    text = module.source.text
    while offset > 0 and text[offset - 1] not in "\r\n":
        offset -= 1
    return offset


def line_end(module: Module, offset: int) -> int:
    """The offset after the newline that ends the line of ``offset``."""
    text = module.source.text
    while offset < len(text) and text[offset] not in "\r\n":
        offset += 1
    if text[offset : offset + 2] == "\r\n":
        return offset + 2
    return min(offset + 1, len(text))


def first_offset(statement: t.Stmt) -> int:
    """Where a statement starts, its decorators included."""
    decorators = getattr(statement, "decorators", ())
    return min([statement.start, *(decorator.start - 1 for decorator in decorators)])


def indentation(module: Module, statement: t.Stmt) -> str | None:
    """The white space before a statement; None if it shares its line with another."""
    start = first_offset(statement)
    lead = module.source.text[line_start(module, start) : start]
    return lead if not lead.strip() else None


def insert_before(module: Module, statement: t.Stmt, lines: Sequence[str]) -> Edit | None:
    """Put ``lines`` in front of a statement, indented as it is."""
    indent = indentation(module, statement)
    if indent is None:
        return None
    at = line_start(module, first_offset(statement))
    text = "".join(f"{indent}{line}\n" if line else "\n" for line in lines)
    return Edit(Span(at, at), text)


def insert_after(module: Module, statement: t.Stmt, lines: Sequence[str]) -> Edit | None:
    """Put ``lines`` behind a simple statement that has its lines to itself."""
    indent = indentation(module, statement)
    text = module.source.text
    # The last line of a notebook's cell ends with the cell, and not with the newline that joins it.
    last = module.source.cell_span(statement.start).end
    end = min(line_end(module, statement.end), last)
    rest = text[statement.end : end].strip()
    if indent is None or (rest and not rest.startswith("#")):
        return None
    added = "".join(f"{indent}{line}\n" for line in lines)
    if end == last and not text[:end].endswith(("\n", "\r")):
        added = "\n" + added.removesuffix("\n")
    return Edit(Span(end, end), added)


def delete_lines(module: Module, statement: t.Stmt) -> Edit | None:
    """Remove a simple statement that has its lines to itself, and no comment on them."""
    end = line_end(module, statement.end)
    rest = module.source.text[statement.end : end].strip()
    if indentation(module, statement) is None or rest:
        return None
    return Edit(Span(line_start(module, statement.start), end), "")


# Names


def imports(module: Module) -> Iterator[tuple[t.Stmt, str, str]]:
    """The imports at the top level: statement, qualified name, the name that it is bound to."""
    for statement in _top(module.body):
        if isinstance(statement, t.Import):
            for dotted, alias in statement.names:
                if alias:
                    yield statement, dotted, alias
                else:
                    top = dotted.partition(".")[0]
                    yield statement, top, top
        elif isinstance(statement, t.ImportFrom) and not statement.level:
            for name, alias in statement.names:
                yield statement, f"{statement.module}.{name}", alias or name


def _top(body: t.Block) -> Iterator[t.Stmt]:
    for statement in body:
        yield statement
        if isinstance(statement, t.Try):
            yield from statement.body


def spelled(module: Module, dotted: str, before: int) -> str | None:
    """How the script writes the library name ``dotted`` at an offset, by the imports before it."""
    best: str | None = None
    for statement, name, bound in imports(module):
        if statement.start < before and (dotted == name or dotted.startswith(f"{name}.")):
            spelling = bound + dotted[len(name) :]
            if best is None or len(spelling) < len(best):
                best = spelling
    return best


def add_import(module: Module, line: str, before: int) -> Edit | None:
    """Insert an import behind the last top-level import that precedes an offset."""
    last: t.Stmt | None = None
    for statement in module.body:
        if statement.start >= before:
            break
        if isinstance(statement, (t.Import, t.ImportFrom)):
            last = statement
    if last is not None:
        return insert_after(module, last, [line])
    for statement in module.body:
        docstring = isinstance(statement, t.ExprStmt) and isinstance(statement.value, t.Const)
        if not docstring:
            return insert_before(module, statement, [line])
    return None


def names_in(node: object) -> set[str]:
    """The names that an expression or statement reads or binds."""
    found: set[str] = set()
    for item in walk(node):
        if isinstance(item, t.Name):
            found.add(item.id)
        elif isinstance(item, (t.Def, t.Class)):
            found.add(item.name)
        elif isinstance(item, (t.Import, t.ImportFrom)):
            found.update(alias or name.partition(".")[0] for name, alias in item.names)
    return found


def occurrences(node: object, name: str) -> int:
    """How often an expression or statement reads or binds a name."""
    return sum(isinstance(item, t.Name) and item.id == name for item in walk(node))


def walk(node: object) -> Iterator[object]:
    """A node, or several, and all that stands inside."""
    todo: list[object] = [node]
    while todo:
        item = todo.pop()
        if isinstance(item, (tuple, list)):
            todo.extend(item)
        elif isinstance(item, (t.Node, t.Param)):
            yield item
            todo.extend(getattr(item, field) for field in _fields(type(item)))


def _fields(cls: type) -> tuple[str, ...]:
    return tuple(f for f in getattr(cls, "__dataclass_fields__", ()) if f not in ("start", "end"))
