"""``triptych-lint why``: the answer to "why is the model bad?"."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from triptych_lint.mentor.logs.reading import read_log
from triptych_lint.mentor.logs.series import UnreadableLog
from triptych_lint.mentor.reading import Unreadable, read
from triptych_lint.mentor.why import records, terminal
from triptych_lint.mentor.why.chapter import WORDS
from triptych_lint.mentor.why.conversation import converse
from triptych_lint.report.look import Look
from triptych_lint.settings import Settings

BROKEN = 2


@click.command()
@click.argument("path", metavar="SCRIPT")
@click.option(
    "--log",
    "log_path",
    metavar="LOG",
    help="Read the symptoms too: CSV, JSONL, trainer_state.json, W&B offline run, TensorBoard.",
)
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to show it.",
)
@click.option("--color/--no-color", "colour", default=None, help="Use colours, or none.")
def why(path: str, log_path: str | None, output_format: str, colour: bool | None) -> None:
    """Ask why the model is bad: seeds, gradients and leakage, with what to run next.

    SCRIPT is a Python file or a notebook. What comments and settings silence is told as well.
    Exit code: 0, or 2 where something cannot be read.
    """
    try:
        reading = read(path, Settings(root=Path(path).parent))
        log = read_log(log_path) if log_path is not None else None
    except (Unreadable, UnreadableLog) as error:
        click.echo(str(error), err=True)
        sys.exit(BROKEN)
    as_json = output_format == "json"
    if not reading.trains:
        click.echo(f"{reading.path}: {WORDS['nothing']}", err=as_json)
        return
    conversation = converse(reading, log)
    if as_json:
        click.echo(records.render(conversation), nl=False)
        return
    look = Look.of(sys.stdout, colour)
    click.echo("\n".join(terminal.render(conversation, look)), color=look.colour)
