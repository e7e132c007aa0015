"""Finding and reading the settings file that governs a folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from triptych_lint.model import Problem
from triptych_lint.paths import cause_of, displayed
from triptych_lint.settings import Settings, SettingsError

OWN_FILE = "triptych.toml"
PROJECT_FILE = "pyproject.toml"


class SettingsFinder:
    """Gives the settings of any folder: nearest settings file, command line on top.

    ``overrides`` are settings of the command line under the names of a settings file. A file
    that was found by looking upwards and is no TOML is reported once, in ``problems``, and
    passed over; every other mistake raises SettingsError.
    """

    def __init__(
        self,
        overrides: Mapping[str, Any] | None = None,
        *,
        config: Path | None = None,
        isolated: bool = False,
    ) -> None:
        self.problems: list[Problem] = []
        self._overrides = dict(overrides or {})
        self._isolated = isolated
        self._known: dict[Path, Settings] = {}
        self._read: dict[Path, Mapping[str, Any] | None] = {}
        self._fixed = None if config is None else self._from_named(config)

    def at(self, folder: str | Path) -> Settings:
        """Settings for the files of ``folder``; raises SettingsError."""
        if self._fixed is not None:
            return self._fixed
        here = Path(os.path.abspath(folder))
        if here not in self._known:
            self._known[here] = self._overridden(self._discovered(here))
        return self._known[here]

    def _from_named(self, config: Path) -> Settings:
        path = Path(os.path.abspath(config))
        try:
            document = _parse(path)
        except (OSError, ValueError) as error:
            raise SettingsError(f"{displayed(path)}: {_cause(error)}") from None
        table = _own_table(path, document)
        if table is None:
            raise SettingsError(f"{displayed(path)}: has no [tool.triptych-lint] table")
        return self._overridden(_from_file(path, table))

    def _discovered(self, here: Path) -> Settings:
        if not self._isolated:
            for folder in (here, *here.parents):
                for name in (OWN_FILE, PROJECT_FILE):
                    table = self._table_of(folder / name)
                    if table is not None:
                        return _from_file(folder / name, table)
        return Settings(root=_project_root(here))

    def _table_of(self, path: Path) -> Mapping[str, Any] | None:
        if path not in self._read:
            self._read[path] = None
            try:
                self._read[path] = _own_table(path, _parse(path))
            except FileNotFoundError:
                pass
            except (OSError, ValueError) as error:
                message = f"{_cause(error)}; its settings do not count"
                self.problems.append(Problem(displayed(path), message, fatal=True))
        return self._read[path]

    def _overridden(self, settings: Settings) -> Settings:
        return settings.updated(self._overrides, base=Path.cwd(), place="--{}".format)


def _parse(path: Path) -> Mapping[str, Any]:
    parser = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    document: Mapping[str, Any] = parser.loads(path.read_bytes().decode("utf-8"))
    return document


def _cause(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"cannot be read ({cause_of(error)})"
    if isinstance(error, UnicodeDecodeError):
        return f"is not UTF-8 text (byte {error.start})"
    return f"is not valid TOML: {error}"


def _own_table(path: Path, document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Our part of a parsed file, or None where a ``pyproject.toml`` has none."""
    if path.name != PROJECT_FILE and "tool" not in document:
        return document
    tools = document.get("tool", {})
    table = tools.get("triptych-lint") if isinstance(tools, Mapping) else None
    if table is not None and not isinstance(table, Mapping):
        raise SettingsError(f"{displayed(path)}: tool.triptych-lint: expected a table")
    return table


def _from_file(path: Path, table: Mapping[str, Any]) -> Settings:
    prefix = f"{displayed(path)}: " + "tool.triptych-lint." * (path.name == PROJECT_FILE)
    settings = Settings(root=path.parent, origin=path)
    return settings.updated(table, base=path.parent, place=prefix.__add__)


def _project_root(folder: Path) -> Path:
    """The nearest folder that looks like the top of a project, else the current folder."""
    for parent in (folder, *folder.parents):
        if (parent / ".git").exists() or (parent / PROJECT_FILE).exists():
            return parent
    return Path.cwd()
