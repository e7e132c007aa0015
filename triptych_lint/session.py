"""One run of ``check``: settings, files, linting, the report, and the exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TextIO

import click

from triptych_lint.configfile import SettingsFinder
from triptych_lint.discover import Target, discover
from triptych_lint.mentor.mode import changes, is_formal, mode_of, stated
from triptych_lint.model import Diagnostic, FileReport, Problem, Severity
from triptych_lint.paths import cause_of, displayed
from triptych_lint.report import render
from triptych_lint.report.look import Look
from triptych_lint.runner import Mode, Outcome, lint_bytes, lint_files
from triptych_lint.settings import Settings, SettingsError

CLEAN, ASKED, BROKEN = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Options:
    """What only the command line can say; the rest are settings."""

    diff: bool = False
    output_file: str | None = None
    stdin_filename: str | None = None
    exit_zero: bool = False
    exit_non_zero_on_fix: bool = False
    config: Path | None = None
    isolated: bool = False
    jobs: int | None = None
    colour: bool | None = None
    statistics: bool = False
    show_files: bool = False


@dataclass(slots=True)
class Tally:
    """What the exit code and the summary are made from."""

    files: int = 0
    asked: list[Diagnostic] = field(default_factory=list)
    fixed: list[Diagnostic] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class Session:
    """Raises SettingsError when settings cannot be used."""

    def __init__(self, overrides: dict[str, Any], options: Options) -> None:
        self._options = options
        self._finder = SettingsFinder(overrides, config=options.config, isolated=options.isolated)
        self._tally = Tally()
        self._overrides = overrides
        self._formal = False

    def run(self, paths: Sequence[str]) -> int:
        """Lint ``paths`` and print; the exit code."""
        if "-" in paths or self._options.stdin_filename:
            return self._run_on_stdin(paths)
        settings = self._spoken(self._finder.at("."), Path.cwd())
        found = discover(paths, self._finder)
        self._report_problems([*self._finder.problems, *found.problems])
        if self._options.show_files:
            click.echo("".join(f"{target.display}\n" for target in found.targets), nl=False)
            return self._exit_code(settings)
        mode = self._mode(settings)
        outcomes = self._lint(found.targets, mode)
        if mode is Mode.DIFF:
            self._show_diffs(outcomes)
        else:
            self._show(outcomes, settings, sys.stdout)
        return self._exit_code(settings)

    def _run_on_stdin(self, paths: Sequence[str]) -> int:
        if list(paths) != ["-"]:
            raise click.UsageError("To lint standard input, give `-` and no other path.")
        name = self._options.stdin_filename or "-"
        folder = os.path.dirname(name) or "."
        settings = self._spoken(self._finder.at(folder), Path(folder).absolute())
        self._report_problems(self._finder.problems)
        data = sys.stdin.buffer.read()
        mode = self._mode(settings, in_place=False)
        if settings.force_exclude and settings.excluded(name):
            outcome = Outcome(FileReport(name))
        else:
            outcome = lint_bytes(data, displayed(name), settings, mode)
        if mode is Mode.DIFF:
            self._show_diffs([outcome])
        elif mode is Mode.FIX:
            sys.stdout.buffer.write(data if outcome.data is None else outcome.data)
            self._show([outcome], settings, sys.stderr)
        else:
            self._show([outcome], settings, sys.stdout)
        return self._exit_code(settings)

    def _spoken(self, settings: Settings, folder: Path) -> Settings:
        """The settings as they hold in the mode in which the mentor speaks."""
        project = None if self._options.isolated else folder
        mode = mode_of(project, self._overrides.get("mode"), settings.mode)
        self._formal = is_formal(mode)
        if self._formal and "output-format" not in self._overrides:
            brief = "concise" if settings.output_format == "full" else settings.output_format
            return replace(settings, output_format=brief)
        return settings

    def _mode(self, settings: Settings, *, in_place: bool = True) -> Mode:
        if self._options.diff:
            return Mode.DIFF
        silently = self._formal and in_place and "fix" not in self._overrides
        applies = settings.fix or silently
        return Mode.FIX if applies else Mode.LINT

    def _lint(self, targets: Sequence[Target], mode: Mode) -> Iterator[Outcome]:
        from triptych_lint.progress import progress_bar

        with ExitStack() as stack:
            advance = stack.enter_context(progress_bar(len(targets)))
            yield from lint_files(targets, mode=mode, jobs=self._options.jobs, progress=advance)

    def _counted(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        problems: list[Problem] = []
        for outcome in outcomes:
            self._tally.files += 1
            self._tally.asked += outcome.report.diagnostics
            self._tally.fixed += outcome.fixed
            problems += outcome.report.problems
            yield outcome
        self._report_problems(problems)

    def _show(self, outcomes: Iterable[Outcome], settings: Settings, stream: TextIO) -> None:
        from triptych_lint.report.summary import statistics, statistics_json, summary

        look = Look() if self._options.output_file else Look.of(stream, self._options.colour)
        as_json = settings.output_format == "json"
        reports = (outcome.report for outcome in self._counted(outcomes))
        if self._formal and not as_json:
            reports = (stated(report) for report in reports)
        pieces = list(render(settings.output_format, reports, look))
        tally = self._tally
        if self._options.statistics:
            pieces = list((statistics_json if as_json else statistics)(tally.asked, look))
        if self._formal:
            if not as_json:
                pieces += (f"{line}\n" for line in changes(tally.fixed))
        elif not as_json and tally.files:
            if self._options.statistics and pieces:
                pieces.append("\n")
            pieces += summary(tally, look, unsafe=settings.unsafe_fixes)
        self._write("".join(pieces), look, stream)

    def _write(self, text: str, look: Look, stream: TextIO) -> None:
        if not self._options.output_file:
            click.echo(text, file=stream, nl=False, color=look.colour)
            return
        try:
            Path(self._options.output_file).write_text(text, "utf-8")
        except OSError as error:
            name = displayed(self._options.output_file)
            cause = f"cannot be written ({cause_of(error)})"
            raise SettingsError(f"--output-file: {name}: {cause}") from None

    def _show_diffs(self, outcomes: Iterable[Outcome]) -> None:
        from triptych_lint.report.summary import counted

        look = Look.of(sys.stdout, self._options.colour)
        changed = 0
        for outcome in self._counted(outcomes):
            if outcome.diff:
                changed += 1
                click.echo(_painted(outcome.diff, look), nl=False, color=look.colour)
        fixed = counted(len(self._tally.fixed), "finding")
        click.echo(
            f"Would fix {fixed} in {counted(changed, 'file')}." if changed else "Nothing to fix.",
            err=True,
        )

    def _report_problems(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            self._tally.problems.append(problem)
            click.echo(str(problem), err=True)

    def _exit_code(self, settings: Settings) -> int:
        tally, options = self._tally, self._options
        if any(problem.fatal for problem in tally.problems):
            return BROKEN
        if options.exit_zero:
            return CLEAN
        if tally.fixed and (options.diff or options.exit_non_zero_on_fix):
            return ASKED
        if any(problem.gates for problem in tally.problems):
            return ASKED
        if options.diff:
            return CLEAN
        gating = [x for x in tally.asked if settings.strict or x.severity is Severity.WARNING]
        return ASKED if gating else CLEAN


def _painted(diff: str, look: Look) -> str:
    """A unified diff in its usual colours."""
    colours = {"+": "green", "-": "red", "@": "cyan"}
    lines = diff.splitlines(keepends=True)
    return "".join(look.paint(line, colours.get(line[:1])) for line in lines)
