"""The command line: which command is meant, and how it ends."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from triptych_lint import __version__

COMMANDS = {
    "check": "triptych_lint.check:check",
    "diff": "triptych_lint.configdiff.cli:diff",
    "rule": "triptych_lint.explain:rule",
    "story": "triptych_lint.mentor.story.command:story",
    "why": "triptych_lint.mentor.why.command:why",
    "state": "triptych_lint.mentor.state.command:state",
}
SUMMARIES = {
    "check": "Read training code and ask what a mentor would ask (the default).",
    "diff": "Compare two versions of a config: did one variable move, or several?",
    "rule": "Explain a rule, or list them all.",
    "story": "Tell the run of a script: the eight steps, and its events in order.",
    "why": "Ask why the model is bad: seeds, gradients and leakage, with what to run next.",
    "state": "Write goal, metric, seeds and splits into state.md.",
}
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Commands(click.Group):
    """Loads a command when it is called; a first word that is none means ``check``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {name for parameter in self.get_params(ctx) for name in parameter.opts}
        if not args or args[0] not in {*COMMANDS, *own}:
            args = ["check", *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        command.context_settings = {**CONTEXT, **command.context_settings}
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(SUMMARIES.items()))


@click.group(cls=Commands, context_settings=CONTEXT)
@click.version_option(__version__, prog_name="triptych-lint", message="%(prog)s %(version)s")
def commands() -> None:
    """Reads ML training code the way a good mentor does, and asks what the mentor would ask.

    `triptych-lint train.py` is short for `triptych-lint check train.py`; its options are listed
    by `triptych-lint check --help`.
    """


def main() -> None:
    """Run the command line; the exit code is 0 (clean), 1 (questions) or 2 (error)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        commands()
    except Exception as error:
        from triptych_lint.runner import internal_error

        click.echo(internal_error(error), err=True)
        sys.exit(2)
