"""Other files of the same project: which module an import means."""

from __future__ import annotations

import os
import re
from pathlib import Path

from triptych_lint.module import Module, UnparsableModule
from triptych_lint.paths import displayed
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
    the folders that Python would search: the script's own, the one above its top package, and
    those and their ``src`` up to the root of the repository.
    """

    def __init__(self) -> None:
        self._modules: dict[Path, Module | None] = {}
        self._shadows: dict[tuple[str, str], bool] = {}
        self._folders: dict[str, tuple[Path, ...]] = {}
        self._files: dict[tuple[str, str, int, bool], tuple[tuple[Path, str], ...]] = {}
        """The files, and their names as modules, that an import in a folder may mean."""
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
        key = (os.path.dirname(importer.path), dotted, level, own)
        if key not in self._files:
            folders = self._candidates(level, importer)[: 1 if own else None]
            paths = [
                folder.joinpath(*dotted.split(".")) if dotted else folder for folder in folders
            ]
            self._files[key] = tuple(found for found in map(_module_at, paths) if found)
        for file, name in self._files[key]:
            module = self._load(file, name)
            if module is not None:
                return module
        return None

    def shadows(self, dotted: str, importer: Module) -> bool:
        """Whether a file beside ``importer`` takes the name of a library's module."""
        key = (os.path.dirname(importer.path), dotted.partition(".")[0])
        if key not in self._shadows:
            here, top = _folder_of(importer), key[1]
            folder = here / top
            found = (here / f"{top}.py").is_file() or (folder / "__init__.py").is_file()
            self._shadows[key] = found or any(p.name == top for p in _packages(here))
        return self._shadows[key]

    def is_in_package(self, module: Module) -> bool:
        """Whether a module stands in a package, so that others can import it."""
        return bool(_packages(_folder_of(module)))

    def is_package(self, dotted: str, level: int, importer: Module) -> str | None:
        """The folder that ``dotted`` means, if it is a folder of the project that holds Python."""
        for folder in self._candidates(level, importer):
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
        found = _module_at(folder / name)
        return self._load(*found) if found else None

    def _candidates(self, level: int, importer: Module) -> tuple[Path, ...]:
        folder = os.path.dirname(importer.path)
        if level:
            here = _folder_of(importer)
            for _ in range(level - 1):
                here = here.parent
            return (here,)
        if folder not in self._folders:
            self._folders[folder] = tuple(_search_path(_folder_of(importer)))
        return self._folders[folder]

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


def _folder_of(module: Module) -> Path:
    """The folder of a module; absolute, since the parent of ``.`` is ``.`` again."""
    return Path(module.path).absolute().parent


def _packages(here: Path) -> list[Path]:
    """The packages that ``here`` stands in, from the inside out."""
    found: list[Path] = []
    for folder in (here, *here.parents):
        if not (folder / "__init__.py").is_file():
            break
        found.append(folder)
    return found


def _module_at(path: Path) -> tuple[Path, str] | None:
    """The file of the module or package that would stand at ``path``, and its name."""
    path = path.absolute()
    for file in (path / "__init__.py", path.with_name(f"{path.name}.py")):
        if file.is_file():
            return file, path.name
    return None


def _search_path(here: Path) -> list[Path]:
    folders = [here, *(package.parent for package in _packages(here))]
    folder = folders[-1]
    for _ in range(4):
        folders.append(folder / "src")
        if (folder / ".git").exists() or (folder / "pyproject.toml").is_file():
            folders.append(folder)
            break
        if (folder / "setup.py").is_file():
            folders.append(folder)
        folder = folder.parent
    unique = dict.fromkeys(folders)
    return [folder for folder in unique if folder.is_dir()]
