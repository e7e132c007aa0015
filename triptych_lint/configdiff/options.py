"""The table ``[tool.triptych-lint.rules.TRP501]`` of the settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from triptych_lint.configdiff.variables import Variables, load, snake_case
from triptych_lint.settings import SettingsError

CODE = "TRP501"


def variables(table: Mapping[str, Any]) -> Variables:
    """The catalogue with what the settings add: ``variables`` and ``ignore``.

    Raises:
        SettingsError: where the table holds something else.
    """
    unknown = sorted(table.keys() - {"variables", "ignore"})
    if unknown:
        raise _error(unknown[0], 'unknown key; did you mean "variables" or "ignore"?')
    added = table.get("variables", {})
    if not isinstance(added, Mapping):
        raise _error("variables", "expected a table of variables and lists of their keys")
    keys = {axis: _keys(f"variables.{axis}", names) for axis, names in added.items()}
    ignored = _keys("ignore", table.get("ignore", []))
    return load().extended(keys, ignored) if keys or ignored else load()


def _keys(place: str, value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _error(place, "expected a list of strings")
    # Patterns keep their stars: only what surrounds them is respelled.
    return ["*".join(snake_case(part) for part in item.split("*")) for item in value]


def _error(place: str, message: str) -> SettingsError:
    return SettingsError(f"rules.{CODE}.{place}: {message}")
