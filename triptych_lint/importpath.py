"""Which files an import may mean: those that Python would find from where it stands."""

from __future__ import annotations

import os
from pathlib import Path


class ImportPath:
    """Finds the files of modules in the folders that Python would search, and remembers them.

    These are the importer's own folder, the one above its top package, and those and their ``src``
    up to the root of the repository.
    """

    def __init__(self) -> None:
        self._folders: dict[str, tuple[Path, ...]] = {}
        self._files: dict[tuple[str, str, int, bool], tuple[tuple[Path, str], ...]] = {}

    def files(
        self, dotted: str, level: int, importer: str, *, beside: bool = False
    ) -> tuple[tuple[Path, str], ...]:
        """The files that ``dotted`` may mean in the file ``importer``, each with its module's name.

        ``level`` counts the leading dots; ``beside`` looks only where the importer stands.
        """
        key = (os.path.dirname(importer), dotted, level, beside)
        if key not in self._files:
            folders = self.folders(level, importer)[: 1 if beside else None]
            paths = [f.joinpath(*dotted.split(".")) if dotted else f for f in folders]
            self._files[key] = tuple(found for found in map(module_at, paths) if found)
        return self._files[key]

    def folders(self, level: int, importer: str) -> tuple[Path, ...]:
        """The folders in which an import of the file ``importer`` is looked for, in order."""
        if level:
            here = folder_of(importer)
            for _ in range(level - 1):
                here = here.parent
            return (here,)
        folder = os.path.dirname(importer)
        if folder not in self._folders:
            self._folders[folder] = tuple(_search_path(folder_of(importer)))
        return self._folders[folder]


def folder_of(path: str) -> Path:
    """The folder of a file; absolute, since the parent of ``.`` is ``.`` again."""
    return Path(path).absolute().parent


def packages(here: Path) -> list[Path]:
    """The packages that ``here`` stands in, from the inside out."""
    found: list[Path] = []
    for folder in (here, *here.parents):
        if not (folder / "__init__.py").is_file():
            break
        found.append(folder)
    return found


def module_at(path: Path) -> tuple[Path, str] | None:
    """The file of the module or package that would stand at ``path``, and its name."""
    path = path.absolute()
    for file in (path / "__init__.py", path.with_name(f"{path.name}.py")):
        if file.is_file():
            return file, path.name
    return None


def _search_path(here: Path) -> list[Path]:
    folders = [here, *(package.parent for package in packages(here))]
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
