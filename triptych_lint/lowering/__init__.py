"""One walk over Python's own syntax tree: lowers it to the nodes of ``tree.py``."""

from __future__ import annotations

import ast

from triptych_lint import tree as t
from triptych_lint.lowering.expressions import Walk
from triptych_lint.lowering.statements import block


def lower(text: str, parsed: ast.Module) -> tuple[t.Block, frozenset[str]]:
    """The statements of ``text``, and the names of what it calls."""
    walk = Walk(text)
    return block(walk, parsed.body), frozenset(walk.called)
