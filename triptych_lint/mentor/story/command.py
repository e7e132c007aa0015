"""``triptych-lint story``: the run of a script, as people would want to look at it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from triptych_lint.configfile import SettingsFinder
from triptych_lint.mentor.reading import Unreadable, read
from triptych_lint.mentor.story.model import Story, tell
from triptych_lint.mentor.story.moments import WORDS
from triptych_lint.paths import cause_of, displayed
from triptych_lint.report.look import Look
from triptych_lint.settings import SettingsError

BROKEN = 2


@click.command()
@click.argument("path", metavar="SCRIPT")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["terminal", "html", "json", "svg"]),
    default="terminal",
    show_default=True,
    help="How to show it; html and svg are files of their own.",
)
@click.option("-o", "--output-file", type=click.Path(), help="Write it to this file.")
@click.option("--color/--no-color", "colour", default=None, help="Use colours, or none.")
def story(path: str, output_format: str, output_file: str | None, colour: bool | None) -> None:
    """Tell the run of a script: the eight steps, and its events in the order of the run.

    SCRIPT is a Python file or a notebook. Exit code: 0, or 2 where it cannot be read.
    """
    try:
        settings = SettingsFinder().at(Path(path).parent)
        reading = read(path, settings)
    except (Unreadable, SettingsError) as error:
        click.echo(str(error), err=True)
        sys.exit(BROKEN)
    if not reading.trains:
        click.echo(f"{reading.path}: {WORDS['titles']['nothing']}", err=output_format != "terminal")
        return
    look = Look() if output_file else Look.of(sys.stdout, colour)
    text = render(tell(reading), output_format, look)
    if output_file is None:
        click.echo(text, nl=False, color=look.colour)
        return
    try:
        Path(output_file).write_text(text, "utf-8")
    except OSError as error:
        click.echo(f"{displayed(output_file)}: cannot be written ({cause_of(error)})", err=True)
        sys.exit(BROKEN)


def render(told: Story, output_format: str, look: Look) -> str:
    """A story in one of its forms."""
    if output_format == "html":
        from triptych_lint.mentor.story import page

        return page.render(told)
    if output_format == "svg":
        from triptych_lint.mentor.story import vector

        return vector.render(told)
    if output_format == "json":
        from triptych_lint.mentor.story import records

        return records.render(told)
    from triptych_lint.mentor.story import terminal

    return "\n".join([*terminal.render(told, look), ""])
