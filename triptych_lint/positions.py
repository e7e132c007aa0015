"""Character offsets for LibCST nodes, at a quarter of the cost of its position metadata.

LibCST nodes carry no positions; they follow from writing the tree out again. This writes nothing:
it adds up lengths, so that one pass over the tree gives each node its offsets in the source.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any

import libcst as cst


class _Recorder:
    __slots__ = ("end_node", "node", "start", "start_node", "state")

    def __init__(
        self, state: OffsetState, node: cst.CSTNode, start_node: Any, end_node: Any
    ) -> None:
        self.state, self.node, self.start_node, self.end_node = state, node, start_node, end_node

    def __enter__(self) -> None:
        self.start = self.state.offset

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        spans = self.state.spans
        start, end = self.start, self.state.offset
        if self.start_node is not None and self.start_node in spans:
            start = spans[self.start_node][0]
        if self.end_node is not None and self.end_node in spans:
            end = spans[self.end_node][1]
        spans[self.node] = (start, end)


class OffsetState:
    """Stands in for LibCST's ``CodegenState`` and counts characters instead of joining tokens."""

    def __init__(self, module: cst.Module) -> None:
        self.default_indent = module.default_indent
        self.default_newline = module.default_newline
        self.offset = 0
        self.spans: dict[cst.CSTNode, tuple[int, int]] = {}
        # LibCST asks whether anything was written yet, to end an empty file with a newline.
        self.tokens = ("",)
        self._indents: list[int] = []
        self._indent = 0

    def increase_indent(self, value: str) -> None:
        self._indents.append(len(value))
        self._indent += len(value)

    def decrease_indent(self) -> None:
        self._indent -= self._indents.pop()

    def add_indent_tokens(self) -> None:
        self.offset += self._indent

    def add_token(self, value: str) -> None:
        self.offset += len(value)

    def pop_trailing_newline(self) -> None:
        """The last line has no newline; nothing follows that could be displaced."""

    def before_codegen(self, node: cst.CSTNode) -> None:
        pass

    def after_codegen(self, node: cst.CSTNode) -> None:
        pass

    def record_syntactic_position(
        self, node: cst.CSTNode, *, start_node: Any = None, end_node: Any = None
    ) -> _Recorder:
        return _Recorder(self, node, start_node, end_node)


def offsets(module: cst.Module) -> dict[cst.CSTNode, tuple[int, int]]:
    """The (start, end) offsets of each node of ``module`` in its source."""
    state = OffsetState(module)
    module._codegen(state)  # type: ignore[arg-type]
    return state.spans
