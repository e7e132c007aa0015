"""How people name rules: by code, by the start of a code, by name, by family, or ``ALL``."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from typing import NamedTuple

_PREFIX = re.compile(r"TRP[0-9]{0,3}")
_FILE = re.compile(r"(trp[0-9]{3})_(\w+)")


class RuleName(NamedTuple):
    """What the place of a rule's file says about it: ``seeds/trp201_unseeded_rng.py``."""

    code: str
    name: str
    family: str


class UnknownSelector(ValueError):
    """No rule answers to this name; the message says which one comes closest."""

    def __init__(self, selector: str, known: Iterable[str]) -> None:
        known = list(known)
        close = get_close_matches(selector, known, 1) or get_close_matches(
            selector.upper(), known, 1
        )
        hint = f"; did you mean {close[0]}?" if close else ""
        super().__init__(f'no rule is called "{selector}"{hint}')


@cache
def rule_names() -> tuple[RuleName, ...]:
    """All rules by name only, from the names of their files: nothing heavy is imported."""
    package = import_module("triptych_lint.rules")
    found = []
    for module in pkgutil.walk_packages(package.__path__, "triptych_lint.rules."):
        family, file = module.name.rsplit(".", 2)[-2:]
        if match := _FILE.fullmatch(file):
            code, name = match.groups()
            found.append(RuleName(code.upper(), name.replace("_", "-"), family))
    return tuple(sorted(found))


def code_prefix(selector: str) -> str:
    """The start that the codes of the selected rules share; the empty string for ``ALL``.

    Raises UnknownSelector where no rule is selected.
    """
    if selector == "ALL":
        return ""
    rules = rule_names()
    for rule in rules:
        if selector == rule.name:
            return rule.code
        if selector == rule.family:
            return rule.code[:4]
    if _PREFIX.fullmatch(selector) and any(rule.code.startswith(selector) for rule in rules):
        return selector
    codes, names, families = zip(*rules, strict=True)
    raise UnknownSelector(selector, dict.fromkeys([*codes, *names, *families]))


def rule_code(selector: str) -> str:
    """The code of the one rule of this code or name; raises UnknownSelector."""
    rules = rule_names()
    for rule in rules:
        if selector == rule.name or selector.upper() == rule.code:
            return rule.code
    raise UnknownSelector(selector, [name for rule in rules for name in rule[:2]])


def specificity(code: str, prefixes: Iterable[str]) -> int:
    """Length of the longest of ``prefixes`` that ``code`` starts with; -1 where none does."""
    return max((len(prefix) for prefix in prefixes if code.startswith(prefix)), default=-1)
