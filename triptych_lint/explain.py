"""``triptych-lint rule``: what a rule asks, and why."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from itertools import groupby
from typing import Any

import click

from triptych_lint.report.look import Look
from triptych_lint.rule import Rule, all_rules
from triptych_lint.selectors import UnknownSelector, rule_code


@click.command()
@click.argument("name", required=False, metavar="CODE|NAME")
@click.option("--all", "every", is_flag=True, help="List all rules.")
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to show it.",
)
@click.option("--color/--no-color", "colour", default=None, help="Use colours, or none.")
def rule(name: str | None, every: bool, output_format: str, colour: bool | None) -> None:
    """Explain a rule, or list them all."""
    if every == bool(name):
        raise click.UsageError("Name one rule, or give --all.")
    try:
        chosen = list(all_rules().values()) if every else [all_rules()[rule_code(name or "")]]
    except UnknownSelector as error:
        raise click.UsageError(str(error)) from None
    if output_format == "json":
        records = [record(found) for found in chosen]
        click.echo(json.dumps(records if every else records[0], indent=2))
        return
    look = Look.of(sys.stdout, colour)
    lines = _list(chosen, look) if every else _page(chosen[0], look)
    click.echo("\n".join(lines), color=look.colour)


def record(rule: Rule) -> dict[str, Any]:
    """A rule as a JSON object."""
    return {
        "code": rule.code,
        "name": rule.name,
        "family": rule.family,
        "summary": rule.summary,
        "severity": rule.severity.value,
        "default": rule.default,
        "fix": rule.safety.value if rule.safety else None,
        "questions": {variant: wording.question for variant, wording in rule.wording.items()},
        "statements": {variant: wording.statement for variant, wording in rule.wording.items()},
        "skill": rule.skill,
        "url": rule.url,
        "documentation": rule.doc,
    }


def _list(rules: Iterable[Rule], look: Look) -> Iterable[str]:
    for family, members in groupby(rules, key=lambda rule: rule.family):
        yield look.paint(family, bold=True)
        for rule in members:
            mark = look.paint("[*]", "green") if rule.safety else "   "
            code = look.paint(rule.code, look.severity_colour(rule.severity), bold=True)
            yield f"  {code} {mark} {rule.name:<28} {rule.summary}"


def _page(rule: Rule, look: Look) -> Iterable[str]:
    yield look.paint(f"{rule.code} {rule.name}", bold=True)
    yield look.paint(f" {look.glyph('dot')} ".join(_facts(rule)), dim=True)
    yield ""
    yield rule.doc
    yield ""
    yield look.paint(rule.url, dim=True)


def _facts(rule: Rule) -> Iterable[str]:
    yield rule.family
    yield rule.severity.value
    yield "on by default" if rule.default else "off by default"
    if rule.safety:
        yield f"{rule.safety.value} fix"
    if rule.skill:
        yield f"deeper: {rule.skill}"
