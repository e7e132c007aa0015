"""From a source to its diagnostics: gate, parse, follow, ask, suppress."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from triptych_lint import catalog
from triptych_lint.mentor.skills import skill_for
from triptych_lint.model import Diagnostic, Evidence, FileReport, Problem
from triptych_lint.module import UnparsableModule
from triptych_lint.project import Project, is_test
from triptych_lint.rule import Ask, Rule, all_rules
from triptych_lint.source import Source
from triptych_lint.suppress import Suppressions

if TYPE_CHECKING:
    from triptych_lint.settings import Settings


def lint_source(source: Source, settings: Settings, project: Project | None = None) -> FileReport:
    """Ask what the enabled rules ask about one file.

    ``project`` holds the modules that other files have led to already; give the same one for the
    files of one folder, so that a helper is parsed once. A text that neither names an ML library
    nor imports what does is not parsed; one that cannot be parsed gives a problem.
    """
    report = FileReport(source.path, source)
    project = project or Project()
    if is_test(source.path) or not gate(source, project):
        return report
    rules = [
        rule
        for rule in all_rules().values()
        if rule.subject == "timeline" and settings.enabled(rule)
    ]
    if not rules:
        return report
    try:
        module = project.parsed(source)
    except UnparsableModule as error:
        report.problems.append(Problem(source.path, str(error), gates=error.gates))
        return report
    from triptych_lint.timeline import build

    project.begin()
    timeline = build(module, project, catalog.load())
    found = list(ask(rules, timeline, module))
    ignored = settings.ignored_in(source.path)
    suppressions = Suppressions.of(source)
    for diagnostic in sorted(set(found), key=lambda d: d.sort_key):
        if ignored and diagnostic.code.startswith(tuple(ignored)):
            continue
        kept = report.suppressed if suppressions.covers(diagnostic) else report.diagnostics
        kept.append(diagnostic)
    return report


def load_engine() -> None:
    """Load all that linting may need, for processes that are forked from this one."""
    import triptych_lint.lowering
    import triptych_lint.timeline  # noqa: F401

    all_rules()
    _gate()


@cache
def _gate() -> Any:
    return catalog.load().gate


def gate(source: Source, project: Project) -> bool:
    """Whether there may be something to ask.

    A text must name a library that trains, and either start something or hold a word without which
    nothing is asked of library code. What starts something may leave the training to files that
    it imports.
    """
    known, text = catalog.load(), source.text
    starts = known.starting_lines.search(text) is not None
    if _gate().search(text) is not None:
        return starts or known.asking_words.search(text) is not None
    return starts and project.leads_to_training(source)


def ask(rules: Iterable[Rule], subject: Any, module: Any) -> Iterable[Diagnostic]:
    """Run rules over their subject; what they ask becomes diagnostics of ``module``."""
    for rule in rules:
        if rule.needs and not any(subject.has(kind) for kind in rule.needs):
            continue
        for question in rule.check(subject):
            if question.at.module is module:
                yield diagnostic(rule, question)


def diagnostic(rule: Rule, question: Ask) -> Diagnostic:
    """Word a question, and resolve its places for people."""
    wording = rule.wording[question.variant]
    source: Source = question.at.module.source
    fields = {"line": question.at.line, **question.fields}
    return Diagnostic(
        code=rule.code,
        name=rule.name,
        region=source.region(question.at.span),
        span=question.at.span,
        question=wording.question.format_map(fields),
        message=wording.statement.format_map(fields),
        severity=question.severity or rule.severity,
        evidence=_evidence(question),
        fix=question.fix,
        url=rule.url,
        skill=question.skill or (skill_for(source.text) if rule.skill else None),
    )


def _evidence(question: Ask) -> tuple[Evidence, ...]:
    seen: dict[Any, str] = {}
    for place, message in question.evidence:
        seen.setdefault(place.module.source.region(place.span), message)
    return tuple(Evidence(region, message) for region, message in seen.items())
