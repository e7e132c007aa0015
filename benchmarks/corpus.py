"""The benchmark on real code: ``python benchmarks/corpus.py fetch | run | table``.

``fetch`` brings the pinned packages, ``run`` lints each of them as a user would, ``table`` holds
what was asked against the labels. Nothing of the packages is ever run or built.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import click
from artefacts import DATA, Artefact, ArtefactError, fetch, pinned
from judgement import (
    FINDING_COLUMNS,
    Expected,
    Finding,
    Verdict,
    precision,
    read_expected,
    read_findings,
    read_verdicts,
    recall,
)

LINT = (sys.executable, "-m", "triptych_lint", "check", "--isolated", "--no-respect-gitignore")
CRASH = ("internal error", "Traceback", "Fatal Python error")


@dataclass(frozen=True, slots=True)
class Run:
    """What linting one package gave; ``problems`` are the lines on standard error."""

    files: int
    findings: list[Finding]
    problems: list[str]
    crashes: list[str]

    @property
    def counts(self) -> tuple[int, int, int, int]:
        return self.files, len(self.findings), len(self.problems), len(self.crashes)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def corpus() -> None:
    """Measure triptych-lint on pinned PyPI packages."""


@corpus.command("fetch")
@click.option("--jobs", default=4, show_default=True, help="Downloads at the same time.")
@click.argument("packages", nargs=-1)
def fetch_command(packages: Sequence[str], jobs: int) -> None:
    """Download and unpack PACKAGES (default: all), checking their sha256."""
    DATA.mkdir(exist_ok=True)
    chosen = choose(packages)
    failed = False
    with ThreadPoolExecutor(jobs) as pool:
        attempts = [(artefact, pool.submit(fetch, artefact)) for artefact in chosen]
        for artefact, attempt in attempts:
            try:
                done = attempt.result()
            except (ArtefactError, OSError) as error:
                failed, done = True, f"FAILED: {error}"
            click.echo(f"{artefact.package:28} {artefact.file:52} {done}")
    sys.exit(1 if failed else 0)


@corpus.command("run")
@click.argument("packages", nargs=-1)
def run_command(packages: Sequence[str]) -> None:
    """Lint PACKAGES (default: all) and count. Exit code 1 if anything crashed."""
    runs = [(artefact.package, lint(artefact)) for artefact in fetched(packages)]
    rules = Counter(finding.spot.code for _, run in runs for finding in run.findings)
    crashes = [f"{package}: {line}" for package, run in runs for line in run.crashes]
    rows = [(package, *run.counts) for package, run in runs]
    totals = (sum(column) for column in zip(*(run.counts for _, run in runs), strict=True))
    show(("package", "files", "questions", "problems", "crashes"), [*rows, ("all", *totals)])
    show(("rule", "questions"), sorted(rules.items()))
    for crash in crashes:
        click.echo(crash, err=True)
    sys.exit(1 if crashes else 0)


@corpus.command("table")
@click.option("--unclassified", is_flag=True, help="Print rows for labels/findings.tsv instead.")
@click.argument("packages", nargs=-1)
def table_command(packages: Sequence[str], unclassified: bool) -> None:
    """Precision and recall of the last run, from the labels."""
    findings = [finding for artefact in fetched(packages) for finding in last_run(artefact)]
    verdicts = read_verdicts()
    if unclassified:
        click.echo("\t".join(FINDING_COLUMNS))
        for finding in findings:
            if finding.spot not in verdicts:
                (package, path), line, code = finding.spot
                click.echo("\t".join((package, path, line, code, finding.question, "", "")))
        return
    counts = precision(findings, verdicts)
    show(
        ("rule", "true", "false", "arguable", "unclassified", "precision"),
        [
            (
                code,
                count[Verdict.TRUE],
                count[Verdict.FALSE],
                count[Verdict.ARGUABLE],
                count[None],
                share(count[Verdict.TRUE], count[Verdict.TRUE] + count[Verdict.FALSE]),
            )
            for code, count in counts.items()
        ],
    )
    asked = {finding.spot for finding in findings}
    packages_run = {artefact.package for artefact in fetched(packages)}
    gone = Counter(
        (spot.code, verdict.value)
        for spot, verdict in verdicts.items()
        if spot not in asked and spot.script.package in packages_run
    )
    show(("rule", "verdict", "no longer asked"), [(*key, n) for key, n in sorted(gone.items())])
    show_recall(findings, [row for row in read_expected() if row.script.package in packages_run])


def show_recall(findings: Iterable[Finding], expected: Sequence[Expected]) -> None:
    """Print what became of the expectations, the misses and the false alarms one per line."""
    results = recall(findings, expected)
    show(
        ("rule", "expected", "found", "recall", "at another line", "false alarms"),
        [
            (
                code,
                result.expected,
                result.found,
                share(result.found, result.expected),
                len(result.elsewhere),
                len(result.false_alarms),
            )
            for code, result in results.items()
        ],
    )
    for code, result in results.items():
        for title, rows in (("missed", result.missed), ("at another line", result.elsewhere)):
            for row in rows:
                lines = "|".join(sorted(row.lines))
                click.echo(f"{code} {title}: {'/'.join(row.script)}:{lines} {row.reason}")
        for finding in result.false_alarms:
            spot = finding.spot
            click.echo(f"{code} false alarm: {'/'.join(spot.script)}:{spot.line}")


def lint(artefact: Artefact) -> Run:
    """Lint one package in a process of its own; the report is kept for ``table``."""
    root = artefact.root()
    report = report_path(artefact)
    report.parent.mkdir(exist_ok=True)
    report.unlink(missing_ok=True)
    listed = call([*LINT, "--show-files", "."], root)
    done = call(
        [*LINT, "--exit-zero", "--output-format", "json", "--output-file", str(report), "."], root
    )
    problems = [line for line in done.stderr.splitlines() if line.strip()]
    crashes = [line for line in problems if any(mark in line for mark in CRASH)]
    if done.returncode and not crashes:
        crashes = [f"exit code {done.returncode}: {problems[-1] if problems else 'no message'}"]
    findings = read_findings(report, artefact.package) if report.is_file() else []
    return Run(len(listed.stdout.splitlines()), findings, problems, crashes)


def call(command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in ``folder``, its output decoded as UTF-8."""
    environment = {**os.environ, "PYTHONUTF8": "1"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8"
    )


def last_run(artefact: Artefact) -> list[Finding]:
    """What ``run`` kept about one package."""
    report = report_path(artefact)
    if not report.is_file():
        raise click.ClickException(f"{artefact.package} was not linted yet: call `run` first")
    return read_findings(report, artefact.package)


def report_path(artefact: Artefact) -> Path:
    return DATA / "reports" / f"{artefact.package}.json"


def choose(packages: Sequence[str]) -> list[Artefact]:
    """The pinned artefacts of these names, or all. Raises click.BadParameter."""
    artefacts = pinned()
    if unknown := set(packages) - {artefact.package for artefact in artefacts}:
        raise click.BadParameter(f"not in corpus.tsv: {', '.join(sorted(unknown))}")
    return [artefact for artefact in artefacts if not packages or artefact.package in packages]


def fetched(packages: Sequence[str]) -> list[Artefact]:
    """As ``choose``; raises click.ClickException where something is not fetched yet."""
    artefacts = choose(packages)
    for artefact in artefacts:
        if not artefact.is_unpacked():
            raise click.ClickException(f"{artefact.package} is not here: call `fetch` first")
    return artefacts


def share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "-"


def show(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print an aligned table and an empty line; nothing where there are no rows."""
    if not rows:
        return
    cells = [tuple(head), *(tuple(str(cell) for cell in row) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    for row in cells:
        first, *rest = (
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        click.echo("  ".join((first, *rest)).rstrip())
    click.echo()


if __name__ == "__main__":
    corpus()
