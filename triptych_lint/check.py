"""``triptych-lint check``: from the words of the command line to an exit code."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from triptych_lint.session import BROKEN, Options, Session
from triptych_lint.settings import MODES, OUTPUT_FORMATS, SettingsError

INTERRUPTED = 130
"""What shells expect of a program that was stopped by Ctrl-C."""


def _comma_list(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> list[str] | None:
    items = [item.strip() for value in values for item in value.split(",") if item.strip()]
    return items or None


def _pattern_table(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> dict[str, list[str]] | None:
    """``PATTERN:CODE,PATTERN:CODE`` as the table of a settings file."""
    table: dict[str, list[str]] = {}
    for item in _comma_list(context, parameter, values) or ():
        pattern, colon, selector = item.rpartition(":")
        if not colon:
            raise click.BadParameter(f'expected PATTERN:CODE, found "{item}"')
        table.setdefault(pattern, []).append(selector)
    return table or None


def _list_option(*names: str, metavar: str, help: str) -> Any:
    return click.option(*names, multiple=True, callback=_comma_list, metavar=metavar, help=help)


_SETTINGS = (
    "select",
    "ignore",
    "extend_select",
    "per_file_ignores",
    "exclude",
    "extend_exclude",
    "force_exclude",
    "respect_gitignore",
    "output_format",
    "strict",
    "fix",
    "unsafe_fixes",
    "mode",
)
"""Options that stand for a setting of the same name."""


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option("--fix/--no-fix", default=None, help="Make the changes that are safe.")
@click.option(
    "--unsafe-fixes/--no-unsafe-fixes",
    default=None,
    help="With --fix: also those that change results, as seeding does.",
)
@click.option(
    "--mode",
    type=click.Choice(MODES),
    help="Ask (exploration), or apply what is safe and state the rest (formalization).",
)
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@_list_option(
    "--select", metavar="CODES", help="Ask these rules only: codes, prefixes, names, ALL."
)
@_list_option("--ignore", metavar="CODES", help="Do not ask these rules.")
@_list_option("--extend-select", metavar="CODES", help="Ask these rules as well.")
@click.option(
    "--per-file-ignores",
    multiple=True,
    callback=_pattern_table,
    metavar="PATTERN:CODE",
    help="Do not ask a rule in files that match.",
)
@_list_option("--exclude", metavar="PATTERNS", help="Skip these instead of the usual ones.")
@_list_option("--extend-exclude", metavar="PATTERNS", help="Skip these as well.")
@click.option(
    "--force-exclude",
    is_flag=True,
    default=None,
    help="Skip excluded files even when they are named.",
)
@click.option(
    "--respect-gitignore/--no-respect-gitignore", default=None, help="Skip what git ignores."
)
@click.option(
    "--output-format",
    type=click.Choice(OUTPUT_FORMATS),
    envvar="TRIPTYCH_LINT_OUTPUT_FORMAT",
    help="How to show questions (default: full).",
)
@click.option("-o", "--output-file", type=click.Path(), help="Write the report to this file.")
@click.option("--stdin-filename", metavar="FILE", help="The name of the code read from `-`.")
@click.option("--strict", is_flag=True, default=None, help="Notes count as well for the exit code.")
@click.option("--exit-zero", is_flag=True, help="Exit 0 even if something is asked.")
@click.option("--exit-non-zero-on-fix", is_flag=True, help="Exit 1 if something was fixed.")
@click.option("--config", type=click.Path(path_type=Path), help="Use this settings file.")
@click.option("--isolated", is_flag=True, help="Use no settings file.")
@click.option("--jobs", type=click.IntRange(1), help="Processes to use (default: one per core).")
@click.option("--color/--no-color", "colour", default=None, help="Use colours, or none.")
@click.option("--statistics", is_flag=True, help="Count per rule instead of showing questions.")
@click.option("--show-files", is_flag=True, help="List the files that would be read, and stop.")
def check(paths: tuple[str, ...], **options: Any) -> None:
    """Read training code and ask what a mentor would ask.

    PATHS are Python files, notebooks, and folders to search; `-` reads standard input.

    Exit code: 0 if nothing is asked (or only notes), 1 if something is, 2 on an error.
    """
    overrides = {
        name.replace("_", "-"): value
        for name in _SETTINGS
        if (value := options.pop(name)) is not None
    }
    try:
        code = Session(overrides, Options(**options)).run(paths or (".",))
    except SettingsError as error:
        click.echo(error, err=True)
        code = BROKEN
    except KeyboardInterrupt:
        code = INTERRUPTED
    sys.stdout.flush()
    sys.exit(code)
