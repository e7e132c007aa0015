"""``triptych-lint diff``: from the words of the command line to an exit code."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from triptych_lint.configdiff.session import Request, run
from triptych_lint.configfile import SettingsFinder
from triptych_lint.session import BROKEN
from triptych_lint.settings import OUTPUT_FORMATS, SettingsError


@click.command()
@click.argument("files", nargs=-1, metavar="[OLD NEW | FILES]...")
@click.option("--staged", is_flag=True, help="Compare HEAD with what is staged, as the hook does.")
@click.option(
    "--output-format",
    type=click.Choice(OUTPUT_FORMATS),
    envvar="TRIPTYCH_LINT_OUTPUT_FORMAT",
    help="How to show changes and questions (default: full).",
)
@click.option(
    "--strict",
    is_flag=True,
    default=None,
    help="Count model, data, precision and seed too; notes count for the exit code.",
)
@click.option("--config", type=click.Path(path_type=Path), help="Use this settings file.")
@click.option("--isolated", is_flag=True, help="Use no settings file.")
@click.option("--color/--no-color", "colour", default=None, help="Use colours, or none.")
def diff(
    files: tuple[str, ...],
    staged: bool,
    output_format: str | None,
    strict: bool | None,
    config: Path | None,
    isolated: bool,
    colour: bool | None,
) -> None:
    """Compare two versions of a config: did one variable move, or several?

    OLD and NEW are YAML or JSON files, or versions that git knows (`HEAD~3:configs/run.yaml`).
    Any other number of FILES and folders, or none: what changed in them since HEAD, in the
    working tree or, under --staged, in the index.

    Exit code: 0 if nothing warns, 1 if something does, 2 on an error.
    """
    settings: dict[str, Any] = {"output-format": output_format, "strict": strict}
    overrides = {name: value for name, value in settings.items() if value is not None}
    try:
        finder = SettingsFinder(overrides, config=config, isolated=isolated)
        code = run(Request(files, staged), finder, colour)
    except SettingsError as error:
        click.echo(str(error), err=True)
        code = BROKEN
    sys.exit(code)
