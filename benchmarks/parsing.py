"""Which files hold training code, by their imports, and how often Python is asked to parse."""

from __future__ import annotations

import ast
from types import TracebackType
from typing import Any


def is_training_code(data: bytes) -> bool:
    """Whether a file imports a library of the catalogue, read by ``ast`` and not by our gate.

    A file that ``ast`` cannot read counts as one that may.
    """
    from triptych_lint.catalog import load

    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError):
        return True
    tops: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            tops.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            tops.add(node.module.partition(".")[0])
    return bool(tops & load().imports)


class ParseCount:
    """Counts the calls of ``ast.parse`` while it is entered, and keeps what was parsed."""

    def __init__(self) -> None:
        self.count = 0
        self.parsed: list[bytes] = []

    def __enter__(self) -> ParseCount:
        self._original = ast.parse

        def counting(*args: Any, **options: Any) -> ast.AST:
            self.count += 1
            text: str | bytes = args[0]
            self.parsed.append(text.encode() if isinstance(text, str) else text)
            return self._original(*args, **options)

        ast.parse = counting
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        ast.parse = self._original
