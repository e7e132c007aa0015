"""What a rule is, and how the rules of ``rules/`` are found.

A rule is one file: a module docstring that is its documentation, and one decorated generator
function over a subject. The decorator holds its metadata and its wording; the function yields
:class:`Ask` objects, which name the wording's fields and the evidence.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from triptych_lint.model import Fix, Safety, Severity, Span

if TYPE_CHECKING:
    from triptych_lint.module import Module

DOCS = "https://github.com/triptych-lint/triptych-lint/blob/main/rules"


@dataclass(frozen=True, slots=True)
class Place:
    """A span in one of the modules that the run reaches."""

    module: Module
    span: Span

    @property
    def line(self) -> str:
        """The line for people: ``12``, or ``3 of cell 5`` in a notebook."""
        cell, position = self.module.source.position(self.span.start)
        return f"{position.row}" if cell is None else f"{position.row} of cell {cell}"


@dataclass(frozen=True, slots=True)
class Ask:
    """What a rule yields: one question, where it is asked, and why.

    ``fields`` fill the wording; ``variant`` picks it where a rule has several; ``severity`` and
    ``skill`` override the rule's own for this finding. Edits must lie in the module of ``at``.
    """

    at: Place
    fields: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[tuple[Place, str], ...] = ()
    fix: Fix | None = None
    variant: str = ""
    severity: Severity | None = None
    skill: str | None = None


@dataclass(frozen=True, slots=True)
class Wording:
    """One way of saying a finding: the mentor's question, and the plain statement of the same."""

    question: str
    statement: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its metadata; ``check`` is a generator over ``subject``."""

    code: str
    name: str
    summary: str
    doc: str
    wording: Mapping[str, Wording]
    severity: Severity
    default: bool
    safety: Safety | None
    skill: str | None
    subject: str
    needs: frozenset[str]
    path: str
    check: Callable[[Any], Iterable[Any]]

    @property
    def family(self) -> str:
        """The folder of the rule: ``seeds``, ``gradients``, ..."""
        return self.path.rsplit("/", 2)[-2]

    @property
    def url(self) -> str:
        return f"{DOCS}/{self.path}"


_found: dict[str, Rule] = {}


def rule(
    code: str,
    name: str,
    *,
    question: str | Mapping[str, str],
    statement: str | Mapping[str, str],
    severity: Severity = Severity.WARNING,
    default: bool = True,
    safety: Safety | None = None,
    skill: str | None = None,
    subject: str = "timeline",
    needs: Iterable[str] = (),
) -> Callable[[Callable[[Any], Iterable[Any]]], Callable[[Any], Iterable[Any]]]:
    """Register the decorated generator function as the rule ``code``.

    ``question`` and ``statement`` are format strings over the fields of an :class:`Ask`; mappings
    hold one per variant. ``needs`` are event kinds without which the rule has nothing to ask
    (the engine does not call it then). ``subject`` is ``timeline`` or ``configdiff``.
    """
    questions = {"": question} if isinstance(question, str) else dict(question)
    statements = {"": statement} if isinstance(statement, str) else dict(statement)
    if questions.keys() != statements.keys():
        raise ValueError(f"{code}: questions and statements name different variants")

    def register(check: Callable[[Any], Iterable[Any]]) -> Callable[[Any], Iterable[Any]]:
        if code in _found:
            raise ValueError(f"two rules claim {code}: {_found[code].name} and {name}")
        module = sys.modules[check.__module__]
        doc = (module.__doc__ or "").strip()
        family, file = check.__module__.rsplit(".", 2)[-2:]
        _found[code] = Rule(
            code=code,
            name=name,
            summary=doc.partition("\n")[0],
            doc=doc,
            wording={v: Wording(questions[v], statements[v]) for v in questions},
            severity=severity,
            default=default,
            safety=safety,
            skill=skill,
            subject=subject,
            needs=frozenset(needs),
            path=f"{family}/{file}.py",
            check=check,
        )
        return check

    return register


@cache
def all_rules() -> Mapping[str, Rule]:
    """Every rule below ``triptych_lint.rules``, by code, in order."""
    package = importlib.import_module("triptych_lint.rules")
    for found in sorted(
        pkgutil.walk_packages(package.__path__, "triptych_lint.rules."), key=lambda m: m.name
    ):
        importlib.import_module(found.name)
    return dict(sorted(_found.items()))
