"""The tactical skill that goes deeper than a question does, by the framework of the script."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from triptych_lint.mentor.words import listed, read
from triptych_lint.model import Diagnostic


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    def pattern(modules: Iterable[str]) -> re.Pattern[str]:
        words = "|".join(re.escape(module) for module in modules)
        return re.compile(rf"^[ \t]*(?:from|import)[ \t]+(?:{words})\b", re.MULTILINE)

    return tuple(
        (entry["skill"], pattern(entry["imports"])) for entry in read("skills.yaml")["skills"]
    )


@lru_cache(maxsize=64)
def skill_for(text: str) -> str | None:
    """The skill for a script, by what it imports; None where there is none for its framework."""
    return next((skill for skill, pattern in _patterns() if pattern.search(text)), None)


def deeper(asked: Iterable[Diagnostic]) -> str | None:
    """One line that names the skills of all questions; None where they have none."""
    skills = list(dict.fromkeys(d.skill for d in asked if d.skill))
    if not skills:
        return None
    words = read("skills.yaml")
    says = words["says"] if len(skills) == 1 else words["says_several"]
    return str(says).format(skills=listed(skills))
