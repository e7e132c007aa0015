"""Console scripts: the functions that an installed project starts by name."""

from __future__ import annotations

import re
import sys
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from triptych_lint.module import Module

MAX_FOLDERS = 6
"""How far above a file the project's own description is looked for."""
_FILES = ("pyproject.toml", "setup.cfg", "setup.py")
_TARGET = re.compile(r"[\w.-]+\s*=\s*([A-Za-z_][\w.]*)\s*:\s*([A-Za-z_]\w*)")


def started(module: Module) -> list[str]:
    """The functions of a module that console scripts of its project call, in order."""
    path = Path(module.path).absolute()
    parts = (path.parent if path.name == "__init__.py" else path.with_suffix("")).parts
    for folder in list(path.parents)[:MAX_FOLDERS]:
        targets = _targets(folder)
        if targets is not None:
            own = [f for dotted, f in targets if _ends(parts, dotted)]
            return list(dict.fromkeys(own))
    return []


def _ends(parts: tuple[str, ...], dotted: str) -> bool:
    names = tuple(dotted.split("."))
    return parts[-len(names) :] == names


@lru_cache(maxsize=64)
def _targets(folder: Path) -> tuple[tuple[str, str], ...] | None:
    """Module and function of each console script; None where the folder describes no project."""
    texts = {name: _read(folder / name) for name in _FILES if (folder / name).is_file()}
    if not texts:
        return None
    found = [
        match.groups()
        for name, text in texts.items()
        if name != "pyproject.toml" and "console_scripts" in text
        for match in _TARGET.finditer(text[text.index("console_scripts") :])
    ]
    for target in _declared(texts.get("pyproject.toml", "")):
        dotted, _, function = target.partition(":")
        found.append((dotted.strip(), function.partition("[")[0].strip()))
    return tuple((dotted, function) for dotted, function in found)


def _declared(text: str) -> list[str]:
    """The targets that a ``pyproject.toml`` declares; none where it cannot be read."""
    if "scripts" not in text:
        return []
    parser = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    try:
        table: dict[str, Any] = parser.loads(text)
    except ValueError:
        return []
    project, poetry = table.get("project"), table.get("tool", {}).get("poetry")
    scripts = [t["scripts"] for t in (project, poetry) if isinstance(t, dict) and "scripts" in t]
    values = [v for table in scripts if isinstance(table, dict) for v in table.values()]
    return [value for value in values if isinstance(value, str)]


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
