"""Other files of the same project: which module an import means."""

from __future__ import annotations

import os
import re
from pathlib import Path

from triptych_lint import catalog
from triptych_lint.importpath import ImportPath, folder_of, module_at, packages
from triptych_lint.module import Module, UnparsableModule
from triptych_lint.paths import displayed
from triptych_lint.reach import Reach
from triptych_lint.source import Source, UnreadableSource

MAX_FILES = 60
"""How many files one entry point leads to at most; the rest stays unknown."""
MAX_BYTES = 400_000
"""A larger file is not followed."""
MAX_KEPT = 500
"""Parsed modules that are kept; the one that was used the longest ago makes room."""


_TEST = re.compile(r"(?:^|/)(?:tests?/|test_[^/]*\.py$|[^/]*_test\.py$|conftest\.py$)")


def is_test(path: str) -> bool:
    """Whether the path says that a file tests something; tests are not training runs."""
    return bool(_TEST.search(path.replace("\\", "/")))


class Project:
    """Finds and keeps the modules that the linted files import from their own project.

    Nothing is executed or imported; a name is the project's own if a file for it stands in one of
    the folders that Python would search (:class:`~triptych_lint.importpath.ImportPath`).
    """

    def __init__(self) -> None:
        self.imports = ImportPath()
        self._reach: Reach | None = None
        self._modules: dict[Path, Module | None] = {}
        self._shadows: dict[tuple[str, str], bool] = {}
        self._followed: set[Path] = set()

    def begin(self) -> None:
        """A new entry point: what it may follow is counted anew."""
        self._followed = set()

    def parsed(self, source: Source) -> Module:
        """The module of a file that is linted, parsed once for itself and for its importers.

        Raises:
            UnparsableModule: as :class:`Module` does.
        """
        path = Path(source.path).absolute()
        kept = self._modules.get(path)
        if kept is None or kept.source.text != source.text:
            kept = Module(source, path.stem)
            self._keep(path, kept)
        elif kept.source.path != source.path:
            # It was followed before it is linted: what is said of it names it as the user did.
            kept = kept.under(source)
            self._keep(path, kept)
        return kept

    def leads_to_training(self, source: Source) -> bool:
        """Whether a script imports files of this project that train, or that lead to such files."""
        if self._reach is None:
            self._reach = Reach(self.imports, catalog.load().gate)
        return self._reach.leads_to_training(source)

    def _keep(self, path: Path, module: Module | None) -> None:
        self._modules.pop(path, None)
        while len(self._modules) >= MAX_KEPT:
            del self._modules[next(iter(self._modules))]
        self._modules[path] = module

    def find(
        self, dotted: str, level: int, importer: Module, *, beside: bool = False
    ) -> Module | None:
        """The module that ``importer`` means by ``dotted``, if it is a file of the project.

        ``beside`` looks only where the importer stands, as for a name that is a library's as well.
        """
        own = beside and not self.shadows(dotted, importer)
        for file, name in self.imports.files(dotted, level, importer.path, beside=own):
            module = self._load(file, name)
            if module is not None:
                return module
        return None

    def shadows(self, dotted: str, importer: Module) -> bool:
        """Whether a file beside ``importer`` takes the name of a library's module."""
        key = (os.path.dirname(importer.path), dotted.partition(".")[0])
        if key not in self._shadows:
            here, top = folder_of(importer.path), key[1]
            folder = here / top
            found = (here / f"{top}.py").is_file() or (folder / "__init__.py").is_file()
            self._shadows[key] = found or any(p.name == top for p in packages(here))
        return self._shadows[key]

    def is_in_package(self, module: Module) -> bool:
        """Whether a module stands in a package, so that others can import it."""
        return bool(packages(folder_of(module.path)))

    def is_package(self, dotted: str, level: int, importer: Module) -> str | None:
        """The folder that ``dotted`` means, if it is a folder of the project that holds Python."""
        for folder in self.imports.folders(level, importer.path):
            path = folder.joinpath(*dotted.split(".")) if dotted else folder
            if path.is_dir() and any(path.glob("*.py")):
                return str(path)
        return None

    def inside(self, path: str, name: str) -> Module | None:
        """The module ``name`` of the package whose ``__init__`` or folder is ``path``."""
        if not path:
            return None
        folder = Path(path)
        if folder.suffix == ".py":
            if folder.name != "__init__.py":
                return None
            folder = folder.parent
        found = module_at(folder / name)
        return self._load(*found) if found else None

    def _load(self, file: Path, name: str) -> Module | None:
        if file not in self._followed and len(self._followed) >= MAX_FILES:
            return None
        self._followed.add(file)
        if file in self._modules:
            self._keep(file, self._modules[file])
            return self._modules[file]
        module: Module | None = None
        try:
            if file.stat().st_size <= MAX_BYTES:
                module = Module(Source.read(file, displayed(file)), name)
        except (OSError, UnreadableSource, UnparsableModule):
            pass  # what cannot be read stays unknown; it is reported when it is linted itself
        self._keep(file, module)
        return module
