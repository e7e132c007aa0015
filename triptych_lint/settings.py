"""What the user decided: which rules are asked, about which files, and how answers are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from triptych_lint.patterns import Patterns
from triptych_lint.selectors import UnknownSelector, code_prefix, rule_code, specificity

if TYPE_CHECKING:
    from triptych_lint.rule import Rule

OUTPUT_FORMATS = ("full", "concise", "json")
EXPLORATION, FORMALIZATION = MODES = ("exploration", "formalization")
"""Whether the mentor asks, or states and does."""

DEFAULT_EXCLUDE = (
    ".bzr",
    ".direnv",
    ".eggs",
    ".git",
    ".hg",
    ".hypothesis",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".nox",
    ".pyenv",
    ".pytest_cache",
    ".ruff_cache",
    ".svn",
    ".tox",
    ".venv",
    ".vscode",
    "__pycache__",
    "__pypackages__",
    "_build",
    "build",
    "dist",
    "node_modules",
    "site-packages",
    "venv",
)


class SettingsError(ValueError):
    """A setting that cannot be used; the message is one line that names where it stands."""


@dataclass(frozen=True)
class Settings:
    """Settings as they hold for the files of one folder; picklable.

    Selectors are kept as code prefixes (see ``selectors.code_prefix``). ``root`` is the folder
    of the settings file, or of the project where there is none. ``rules`` maps a rule's code to
    its own table of options, as the user wrote it.
    """

    root: Path
    origin: Path | None = None
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[Patterns, tuple[str, ...]], ...] = ()
    exclude: Patterns | None = None
    extend_exclude: tuple[Patterns, ...] = ()
    respect_gitignore: bool = True
    force_exclude: bool = False
    strict: bool = False
    output_format: str = "full"
    fix: bool = False
    unsafe_fixes: bool = False
    mode: str | None = None
    rules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def enabled(self, rule: Rule) -> bool:
        """Whether ``rule`` is asked. The longest selector wins; on a draw, ``ignore`` does."""
        if self.select is None:
            chosen = 0 if rule.default else -1
        else:
            chosen = specificity(rule.code, self.select)
        chosen = max(chosen, specificity(rule.code, self.extend_select))
        return chosen > specificity(rule.code, self.ignore)

    def ignored_in(self, path: str | Path) -> tuple[str, ...]:
        """Code prefixes that ``per-file-ignores`` silence in this file, fit for ``startswith``."""
        return tuple(
            prefix
            for patterns, prefixes in self.per_file_ignores
            if patterns.verdict(path)
            for prefix in prefixes
        )

    @property
    def exclusions(self) -> tuple[Patterns, ...]:
        """Patterns of what is not looked at when folders are searched."""
        return (self.exclude or Patterns(self.root, DEFAULT_EXCLUDE), *self.extend_exclude)

    def excluded(self, path: str | Path) -> bool:
        """Whether ``exclude`` or ``extend-exclude`` match this file or a folder above it."""
        return any(patterns.verdict(path) for patterns in self.exclusions)

    def updated(
        self, table: Mapping[str, Any], *, base: Path, place: Callable[[str], str] = str
    ) -> Settings:
        """These settings with those of ``table`` (the keys of a settings file) laid over them.

        Patterns count from ``base``; ``place`` says where a key stands, for the message of a
        SettingsError. A new ``select`` starts afresh: what the settings below selected or
        ignored is forgotten.
        """
        settings = self
        if "select" in table:
            settings = replace(settings, extend_select=(), ignore=())
        for key, value in table.items():
            reader = _READERS.get(key)
            if reader is None:
                close = get_close_matches(key, _READERS, 1)
                hint = f"; did you mean {close[0]}?" if close else ""
                raise SettingsError(f"{place(key)}: there is no such setting{hint}")
            try:
                changes = reader(settings, value, base)
            except (UnknownSelector, SettingsError) as error:
                raise SettingsError(f"{place(key)}: {error}") from None
            settings = replace(settings, **changes)
        return settings


Reader = Callable[[Settings, Any, Path], dict[str, Any]]


def _kind(value: object) -> str:
    names = {str: "a string", bool: "a boolean", int: "a number", float: "a number"}
    names |= {list: "a list", dict: "a table"}
    return names.get(type(value), f"a {type(value).__name__}")


def _strings(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        raise SettingsError(f'expected a list of strings, found a string; write ["{value}"]')
    if not isinstance(value, Sequence):
        raise SettingsError(f"expected a list of strings, found {_kind(value)}")
    for item in value:
        if not isinstance(item, str):
            raise SettingsError(f"expected a list of strings, found {_kind(item)} in it")
    return tuple(value)


def _table(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise SettingsError(f"expected a table, found {_kind(value)}")
    return value


def _prefixes(value: object) -> tuple[str, ...]:
    return tuple(code_prefix(selector) for selector in _strings(value))


def _replacing_selectors(name: str) -> Reader:
    return lambda settings, value, base: {name: _prefixes(value)}


def _adding_selectors(name: str) -> Reader:
    return lambda settings, value, base: {name: (*getattr(settings, name), *_prefixes(value))}


def _flag(name: str) -> Reader:
    def read(settings: Settings, value: Any, base: Path) -> dict[str, Any]:
        if not isinstance(value, bool):
            raise SettingsError(f"expected true or false, found {_kind(value)}")
        return {name: value}

    return read


def _read_output_format(settings: Settings, value: Any, base: Path) -> dict[str, Any]:
    if value not in OUTPUT_FORMATS:
        raise SettingsError(f'expected one of {", ".join(OUTPUT_FORMATS)}, found "{value}"')
    return {"output_format": value}


def _read_mode(settings: Settings, value: Any, base: Path) -> dict[str, Any]:
    if value not in MODES:
        raise SettingsError(f'expected one of {", ".join(MODES)}, found "{value}"')
    return {"mode": value}


def _read_exclude(settings: Settings, value: Any, base: Path) -> dict[str, Any]:
    return {"exclude": Patterns(base, _strings(value))}


def _read_extend_exclude(settings: Settings, value: Any, base: Path) -> dict[str, Any]:
    return {"extend_exclude": (*settings.extend_exclude, Patterns(base, _strings(value)))}


def _read_per_file_ignores(settings: Settings, value: Any, base: Path) -> dict[str, Any]:
    entries = []
    for pattern, selectors in _table(value).items():
        try:
            entries.append((Patterns(base, (pattern,)), _prefixes(selectors)))
        except (UnknownSelector, SettingsError) as error:
            raise SettingsError(f'"{pattern}": {error}') from None
    return {"per_file_ignores": tuple(entries)}


def _read_rules(settings: Settings, value: Any, base: Path) -> dict[str, Any]:
    options = dict(settings.rules)
    for selector, table in _table(value).items():
        options[rule_code(selector)] = dict(_table(table))
    return {"rules": options}


_READERS: Mapping[str, Reader] = {
    "select": _replacing_selectors("select"),
    "extend-select": _adding_selectors("extend_select"),
    "ignore": _adding_selectors("ignore"),
    "per-file-ignores": _read_per_file_ignores,
    "exclude": _read_exclude,
    "extend-exclude": _read_extend_exclude,
    "respect-gitignore": _flag("respect_gitignore"),
    "force-exclude": _flag("force_exclude"),
    "strict": _flag("strict"),
    "output-format": _read_output_format,
    "fix": _flag("fix"),
    "unsafe-fixes": _flag("unsafe_fixes"),
    "mode": _read_mode,
    "rules": _read_rules,
}
