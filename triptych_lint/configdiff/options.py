"""The table ``[tool.triptych-lint.rules.TRP501]`` of the settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from triptych_lint.configdiff.variables import Variables, load, snake_case
from triptych_lint.paths import displayed
from triptych_lint.settings import Settings, SettingsError

CODE = "TRP501"


def variables(settings: Settings) -> Variables:
    """The catalogue with what the settings add: ``variables`` and ``ignore``.

    Raises:
        SettingsError: where the table holds something else.
    """
    table = settings.rules.get(CODE, {})
    try:
        keys, ignored = _read(table)
    except SettingsError as error:
        place = f"{displayed(settings.origin)}: " if settings.origin else ""
        raise SettingsError(f"{place}rules.{CODE}.{error}") from None
    return load().extended(keys, ignored) if keys or ignored else load()


def _read(table: Mapping[str, Any]) -> tuple[dict[str, list[str]], list[str]]:
    unknown = sorted(table.keys() - {"variables", "ignore"})
    if unknown:
        raise SettingsError(f'{unknown[0]}: unknown key; did you mean "variables" or "ignore"?')
    added = table.get("variables", {})
    if not isinstance(added, Mapping):
        raise SettingsError("variables: expected a table of variables and lists of their keys")
    keys = {axis: _keys(f"variables.{axis}", names) for axis, names in added.items()}
    return keys, _keys("ignore", table.get("ignore", []))


def _keys(place: str, value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise SettingsError(f"{place}: expected a list of strings")
    # Patterns keep their stars: only what surrounds them is respelled.
    return ["*".join(snake_case(part) for part in item.split("*")) for item in value]
