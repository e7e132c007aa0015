"""Thin scripts: whether what trains stands in files of the project that a script imports.

``train.py`` may import nothing but the project's own modules. Looking at the text of those files
says whether the script is worth parsing, at the cost of reading them once.
"""

from __future__ import annotations

import re
from pathlib import Path

from triptych_lint.importpath import ImportPath
from triptych_lint.source import Source

MAX_FILES = 60
"""How many files are looked into for one script."""
MAX_BYTES = 400_000
"""What is longer is not read."""

_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<dots>\.*)(?P<module>[\w.]*)[ \t]+import\b(?P<names>[ \t]*\([^)]*|.*)"
    r"|import[ \t]+(?P<modules>.*))",
    re.MULTILINE,
)


class Reach:
    """Follows the import statements of scripts by their text, and remembers what they lead to."""

    def __init__(self, imports: ImportPath, trains: re.Pattern[str]) -> None:
        self._imports = imports
        self._trains = trains
        self._known: dict[Path, tuple[bool, tuple[Path, ...]]] = {}
        """Of each file, whether it imports a library that trains, and the files that it imports."""

    def leads_to_training(self, source: Source) -> bool:
        """Whether a file that the script imports, or one behind it, imports such a library."""
        waiting = list(self._imported(source.text, source.path))
        seen = set(waiting)
        for file in waiting:
            trains, further = self._look(file)
            if trains:
                return True
            for other in further:
                if other not in seen and len(seen) < MAX_FILES:
                    seen.add(other)
                    waiting.append(other)
        return False

    def _look(self, file: Path) -> tuple[bool, tuple[Path, ...]]:
        if file not in self._known:
            trains = False
            further: tuple[Path, ...] = ()
            try:
                if file.stat().st_size <= MAX_BYTES:
                    # Names of modules are ASCII in practice: no need to find the encoding.
                    text = file.read_bytes().decode("latin-1")
                    trains = self._trains.search(text) is not None
                    further = () if trains else tuple(self._imported(text, str(file)))
            except OSError:
                pass  # what cannot be read leads nowhere
            self._known[file] = (trains, further)
        return self._known[file]

    def _imported(self, text: str, path: str) -> dict[Path, None]:
        """The files of the project that a text imports, in its order."""
        found: dict[Path, None] = {}
        for match in _IMPORT.finditer(text):
            module, level = match["module"], len(match["dots"] or "")
            if module is None:
                wanted = _names(match["modules"])
            else:
                inside = [f"{module}.{name}".strip(".") for name in _names(match["names"])]
                wanted = [module, *inside] if module else inside
            for dotted in wanted:
                for file, _ in self._imports.files(dotted, level, path)[:1]:
                    found.setdefault(file)
        return found


def _names(text: str) -> list[str]:
    """The names in ``a.b as c, d``, whatever stands around them."""
    return re.findall(r"(?:^|,)[\s(]*([A-Za-z_][\w.]*)", re.sub("#.*", "", text))
