"""Labelled scripts of public repositories: ``python benchmarks/repositories.py CHECKOUTS``.

CHECKOUTS holds clones as ``owner+name``, at the commits that ``repositories.tsv`` names. Only their
labelled files are linted. The labels (``labels/repositories.tsv``) were written by reading, before
the rules that they speak of were run on these files; nothing else of the repositories stands here.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click
from corpus import LINT, call, show_recall
from judgement import LABELS, Finding, Script, findings_of, read_expected

KIN = {"TRP204": "TRP201", "TRP303": "TRP301"}
"""Rules that share one problem, of which one asks: readers need not know which."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("checkouts", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--code", "prefixes", multiple=True, help="Rules to compare, by prefix.")
def repositories(checkouts: Path, prefixes: Sequence[str]) -> None:
    """Hold what is asked about the labelled files against their labels."""
    rows = [
        replace(row, code=KIN.get(row.code, row.code))
        for row in read_expected(LABELS / "repositories.tsv")
    ]
    paths: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        paths[row.script.package].add(row.script.path)
    findings, read = [], set()
    for repository, files in sorted(paths.items()):
        root = checkouts / repository.replace("/", "+")
        there = sorted(path for path in files if (root / path).is_file())
        read |= {Script(repository, path) for path in there}
        findings += lint(root, repository, there)
    click.echo(f"{len(read)} of {sum(map(len, paths.values()))} labelled files are there\n")
    chosen = tuple(prefixes) or ("TRP",)
    show_recall(
        [finding for finding in findings if finding.spot.code.startswith(chosen)],
        [row for row in rows if row.script in read and row.code.startswith((*chosen, "*"))],
    )


def lint(root: Path, repository: str, files: Sequence[str]) -> list[Finding]:
    """What is asked about ``files`` of one checkout, by rules that are on by default."""
    if not files:
        return []
    done = call([*LINT, "--exit-zero", "--output-format", "json", *files], root)
    if done.returncode:
        raise click.ClickException(f"{repository}: {done.stderr[-500:]}")
    found = findings_of(json.loads(done.stdout), repository)
    return [replace(x, spot=x.spot._replace(code=KIN.get(x.spot.code, x.spot.code))) for x in found]


if __name__ == "__main__":
    repositories()
