"""``triptych-lint state``: writes or updates ``state.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from difflib import unified_diff
from pathlib import Path

import click

from triptych_lint.atomic import write_atomically
from triptych_lint.configfile import SettingsFinder
from triptych_lint.discover import discover
from triptych_lint.mentor.reading import Reading, Unreadable, read
from triptych_lint.mentor.state.document import WORDS, Updated, template, update
from triptych_lint.mentor.state.facts import blocks
from triptych_lint.paths import cause_of, displayed
from triptych_lint.settings import SettingsError
from triptych_lint.statefile import PLACES, find

BROKEN = 2
NAME = "state.md"


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option("-o", "--output-file", type=click.Path(path_type=Path), help="The file to write.")
@click.option("--diff", is_flag=True, help="Show what would change, and write nothing.")
def state(paths: tuple[str, ...], output_file: Path | None, diff: bool) -> None:
    """Write what training scripts settle into state.md: goal, metric, seeds and splits.

    PATHS are scripts, notebooks and folders. What a person wrote stays as it is, byte for byte.
    The file is workspace/research/state.md of a Triptych project, else state.md.
    """
    try:
        readings = list(_readings(paths))
    except SettingsError as error:
        click.echo(str(error), err=True)
        sys.exit(BROKEN)
    if not readings:
        click.echo(WORDS["report"]["nothing"])
        return
    target = output_file or _target(Path.cwd())
    shown = displayed(target)
    try:
        old = target.read_bytes().decode("utf-8", "surrogateescape") if target.exists() else ""
        done = update(old or template(), [b for r in readings for b in blocks(r)])
        if diff:
            _show(old, done, shown)
            return
        if done.text != old:
            _write(target, done.text)
    except OSError as error:
        click.echo(f"{shown}: cannot be written ({cause_of(error)})", err=True)
        sys.exit(BROKEN)
    for key in done.kept:
        click.echo(WORDS["report"]["kept"].format(path=shown, key=key), err=True)
    what = "same" if done.text == old else "updated" if old else "written"
    click.echo(WORDS["report"][what].format(path=shown))


def _readings(paths: tuple[str, ...]) -> Iterable[Reading]:
    """What is found at the paths and trains when it is run."""
    found = discover(paths or (".",), SettingsFinder())
    for problem in found.problems:
        click.echo(str(problem), err=True)
        if problem.fatal:
            sys.exit(BROKEN)
    for target in found.targets:
        try:
            reading = read(target.path, target.settings)
        except Unreadable as error:
            click.echo(str(error), err=True)
            continue
        if reading.trains and (paths or reading.timeline.is_entry):
            yield reading


def _target(here: Path) -> Path:
    """The ``state.md`` of the project: Triptych's, one that is there, or a new one here."""
    found = find(here / NAME)
    if found is not None:
        return found
    for folder in (here, *here.parents):
        if (folder / PLACES[0].parent).is_dir():
            return folder / PLACES[0]
        if (folder / ".git").exists():
            break
    return here / NAME


def _write(target: Path, text: str) -> None:
    data = text.encode("utf-8", "surrogateescape")
    if not target.exists():
        target.touch(exist_ok=False)
    write_atomically(target, data)


def _show(old: str, done: Updated, shown: str) -> None:
    lines = unified_diff(
        old.splitlines(keepends=True), done.text.splitlines(keepends=True), shown, shown
    )
    text = "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
    click.echo(text.encode("utf-8", "replace").decode("utf-8"), nl=False)
