"""``triptych-lint diff``: from the words of the command line to an exit code."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from triptych_lint.configdiff.git import HEAD
from triptych_lint.configdiff.session import Request, run
from triptych_lint.configfile import SettingsFinder
from triptych_lint.session import BROKEN
from triptych_lint.settings import OUTPUT_FORMATS, SettingsError

OWN_FORMATS = ("markdown", "github")
"""Formats that only comparisons have."""


@click.command()
@click.argument("files", nargs=-1, metavar="[OLD NEW | FILES]...")
@click.option("--staged", is_flag=True, help="Compare HEAD with what is staged, as the hook does.")
@click.option(
    "--base", metavar="REV", help="Compare each commit since REV by itself with the one before it."
)
@click.option(
    "--output-format",
    type=click.Choice([*OUTPUT_FORMATS, *OWN_FORMATS]),
    envvar="TRIPTYCH_LINT_OUTPUT_FORMAT",
    help="How to show changes and questions (default: full).",
)
@click.option("--fix", is_flag=True, help="Make the safe fixes in the files of the working tree.")
@click.option(
    "--split",
    metavar="DIR",
    help="Write a ladder into DIR: one config per variable, then all of them together.",
)
@click.option(
    "--record", is_flag=True, help='Note what moves under "Tests" in state.md, before the run.'
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
    base: str | None,
    output_format: str | None,
    fix: bool,
    split: str | None,
    record: bool,
    strict: bool | None,
    config: Path | None,
    isolated: bool,
    colour: bool | None,
) -> None:
    """Compare two versions of a config: did one variable move, or several?

    OLD and NEW are files (YAML, JSON, TOML, shell, Python, notebooks), versions that git knows
    (`HEAD~3:configs/run.yaml`), folders, or runs that Hydra or W&B recorded. Any other number of
    FILES and folders, or none: what changed in them since HEAD, in the working tree or, under
    --staged, in the index. Nothing that is compared is ever run.

    Exit code: 0 if nothing warns, 1 if something does, 2 on an error.
    """
    own = output_format if output_format in OWN_FORMATS else ""
    settings: dict[str, Any] = {"output-format": None if own else output_format, "strict": strict}
    overrides = {name: value for name, value in settings.items() if value is not None}
    try:
        finder = SettingsFinder(overrides, config=config, isolated=isolated)
        since, until = base or "", HEAD
        if staged and not base:  # pre-commit names the commits where nothing is staged: in CI
            since = os.environ.get("PRE_COMMIT_FROM_REF", "")
            until = os.environ.get("PRE_COMMIT_TO_REF", HEAD)
        if since and (record or fix):
            raise click.UsageError("--record and --fix are for what is not committed yet.")
        if staged and fix:
            raise click.UsageError("--fix changes the working tree; --staged looks at the index.")
        request = Request(
            files, staged and not since, since, until, own or "", split or "", record, fix
        )
        code = run(request, finder, colour)
    except SettingsError as error:
        click.echo(str(error), err=True)
        code = BROKEN
    sys.exit(code)
