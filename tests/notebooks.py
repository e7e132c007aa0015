"""Notebooks as several tests write them."""

from __future__ import annotations

import json
from difflib import SequenceMatcher
from typing import Any

from triptych_lint.source import Source

PYTHON = {"kernelspec": {"language": "python"}, "language_info": {"name": "python"}}
IMAGE = {"output_type": "display_data", "data": {"image/png": "iVBORw0\\u003d=="}, "metadata": {}}


def code(source: str | list[str], **more: Any) -> dict[str, Any]:
    outputs = [IMAGE, {"output_type": "stream", "name": "stdout", "text": ["loss 1e-5 \u00b5\n"]}]
    cell = {"cell_type": "code", "execution_count": 3, "metadata": {}, "outputs": outputs}
    return {**cell, "source": source, **more}


def markdown(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": [text]}


def book(*cells: dict[str, Any], metadata: Any = PYTHON, **style: Any) -> bytes:
    content = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content, **{"indent": 1, "ensure_ascii": False, **style}).encode() + b"\n"


def notebook(*cells: dict[str, Any] | str, **style: Any) -> Source:
    wrapped = [code(rows(cell)) if isinstance(cell, str) else cell for cell in cells]
    return Source.from_bytes(book(*wrapped, **style), "train.ipynb")


def rows(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def sources(data: bytes) -> list[str]:
    cells = json.loads(data.decode("utf-8-sig"))["cells"]
    return ["".join(cell["source"]) for cell in cells]


def changed_rows(before: bytes, after: bytes) -> tuple[list[str], list[str]]:
    """The lines of the file that went, and those that came."""
    old, new = before.decode().splitlines(), after.decode().splitlines()
    gone, came = [], []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            gone += old[a:b]
            came += new[c:d]
    return [row.strip() for row in gone], [row.strip() for row in came]
