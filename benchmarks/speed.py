"""How long linting takes, as ratios: ``python benchmarks/speed.py [PACKAGE]``.

Everything is measured in one run on one pinned tree, in rounds that take turns, so that a busy
machine slows all of it alike. The unit is the time in which LibCST parses the same files on one
core: a measure of the text, and of the machine, that does not change with the tool. Seconds are
not printed; they say more about the machine than about the tool.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

import click
import libcst
from artefacts import DATA
from corpus import LINT, fetched, show
from parsing import ParseCount, is_training_code

Seconds = dict[str, list[float]]

FLAKE8 = "flake8==7.5.0"
TORCHFIX = "torchfix==0.7.0"
FLOOR = "LibCST parse, one core"
OURS = "triptych-lint, all cores"
PARSE_ALL = """
import sys, libcst
for name in sys.stdin.read().splitlines():
    with open(name, "rb") as file:
        try:
            libcst.parse_module(file.read())
        except libcst.ParserSyntaxError:
            pass
"""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("package", default="pytorch-forecasting")
@click.option("--rounds", default=5, show_default=True, help="Repetitions; medians are shown.")
@click.option("--plain", type=click.Path(), help="Python of an environment with flake8 alone.")
@click.option("--torchfix", type=click.Path(), help="Python of one with flake8 and torchfix.")
@click.option("--peers/--no-peers", default=True, help="Measure flake8 and torchfix as well.")
def speed(package: str, rounds: int, plain: str | None, torchfix: str | None, peers: bool) -> None:
    """Measure triptych-lint on the tree of a pinned PACKAGE (see corpus.py fetch)."""
    tree = fetched([package])[0].root()
    listed = subprocess.run(
        [*LINT, "--show-files", "."], cwd=tree, capture_output=True, text=True, check=True
    )
    files = [name for name in listed.stdout.splitlines() if name.endswith(".py")]
    training = [name for name in files if is_training_code((tree / name).read_bytes())]
    others = sorted(set(files) - set(training))
    if not training:
        raise click.ClickException(f"{package} holds no file that imports an ML library")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    click.echo(f"{package}: {len(files)} files, {len(training)} of them import an ML library")
    click.echo(f"{cores} cores, {rounds} rounds, Python {sys.version.split()[0]}\n")
    measure_files(tree, training, rounds)
    prove_gate(tree, others)
    commands = {FLOOR: [sys.executable, "-c", PARSE_ALL], OURS: [*LINT, "--exit-zero", "."]}
    if peers:
        commands |= peer_commands(plain, torchfix)
    measure_tree(tree, files, commands, rounds)


def measure_files(tree: Path, files: Sequence[str], rounds: int) -> None:
    """One file at a time, in this process: linting against the parse of the same file."""
    lint = linter(tree)
    ratios = {}
    totals = [0.0, 0.0]
    lint(files[0])
    with ParseCount() as parsed:
        for name in files:
            lint(name)
    for name in files:
        data = (tree / name).read_bytes()
        times = take_turns({"parse": partial(parse, data), "lint": partial(lint, name)}, rounds)
        parsing, linting = median(times["parse"]), median(times["lint"])
        ratios[name] = linting / parsing
        totals = [totals[0] + parsing, totals[1] + linting]
    ordered = sorted(ratios.values())
    worst = max(ratios, key=lambda name: ratios[name])
    show(
        ("one file in process, against LibCST's parse of it", "ratio", "target"),
        [
            ("all files together", times_floor(totals[1] / totals[0]), "3.00 x"),
            ("median file", times_floor(median(ordered)), ""),
            ("90th percentile", times_floor(ordered[int(len(ordered) * 0.9)]), ""),
            (f"worst: {worst}", times_floor(ordered[-1]), ""),
        ],
    )
    within = sum(ratio <= 3 for ratio in ordered)
    click.echo(f"{within} of {len(ordered)} files within 3 x; {parsed.count} parses for them,")
    click.echo("the surplus being files of the project that were followed\n")


def prove_gate(tree: Path, files: Sequence[str]) -> None:
    """Lint what imports no ML library, and count the parses that no training was behind."""
    lint = linter(tree)
    parsed = []
    for name in files:
        with ParseCount() as count:
            lint(name)
        if count.count:
            parsed.append(name)
    wasted = 0
    for name in parsed:
        with ParseCount() as count:
            linter(tree)(name)  # afresh, so that what it leads to is parsed with it
        wasted += not any(map(is_training_code, count.parsed))
    click.echo(f"{len(files)} files that import no ML library: {len(parsed) - wasted} parsed since")
    click.echo(f"they lead to one that does, {wasted} parsed in vain (target: 0)\n")


def measure_tree(
    tree: Path, files: Sequence[str], commands: Mapping[str, Sequence[str]], rounds: int
) -> None:
    """The whole tree by real commands, each in a process of its own, start-up included."""
    names = "\n".join(files)

    def runner(command: Sequence[str]) -> Callable[[], None]:
        def run() -> None:
            done = subprocess.run(command, cwd=tree, input=names, text=True, capture_output=True)
            if done.returncode > 1 or "Traceback" in done.stderr:
                raise click.ClickException(f"{command[:3]} failed: {done.stderr[-500:]}")

        return run

    times = take_turns({name: runner(command) for name, command in commands.items()}, rounds)
    floor = times[FLOOR]
    rows = []
    for name, seconds in times.items():
        per_round = [mine / unit for mine, unit in zip(seconds, floor, strict=True)]
        spread = f"{min(per_round):.2f} - {max(per_round):.2f}"
        rows.append(
            (
                name,
                times_floor(median(seconds) / median(floor)),
                spread,
                "1.00 x" if name == OURS else "",
            )
        )
    show(("the whole tree, from the command line", "ratio", "per round", "target"), rows)


def peer_commands(plain: str | None, torchfix: str | None) -> dict[str, list[str]]:
    """flake8 alone, with torchfix, and with our plugin; environments are made where not given."""
    flags = ["-m", "flake8", "--isolated", "--exit-zero", "-q", "."]
    plain = plain or environment("flake8", FLAKE8)
    torchfix = torchfix or environment("torchfix", FLAKE8, TORCHFIX)
    return {
        "flake8, all cores": [plain, *flags],
        "flake8 + torchfix, all cores": [torchfix, *flags],
        "flake8 + triptych-lint, all cores": [sys.executable, *flags],
    }


def environment(name: str, *requirements: str) -> str:
    """The Python of a virtual environment below ``.data``, made on first use."""
    folder = DATA / "venvs" / name
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (folder / "ready").is_file():
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *requirements], check=True)
        (folder / "ready").touch()
    return str(python)


def linter(tree: Path) -> Callable[[str], None]:
    """A function that lints one file of ``tree`` in this process, as the command line does."""
    from triptych_lint import runner
    from triptych_lint.discover import Target
    from triptych_lint.runner import Mode, lint_target
    from triptych_lint.settings import Settings

    settings = Settings(root=tree)

    def lint(name: str) -> None:
        runner._project.cache_clear()  # each file pays for itself and for what it leads to
        lint_target(Target(tree / name, name, settings), Mode.LINT)

    return lint


def parse(data: bytes) -> None:
    """Parse as the floor does; what does not parse costs the attempt."""
    try:
        libcst.parse_module(data)
    except libcst.ParserSyntaxError:
        return


def take_turns(jobs: Mapping[str, Callable[[], object]], rounds: int) -> Seconds:
    """Run each job once per round; seconds per job and round."""
    seconds: Seconds = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            started = perf_counter()
            job()
            seconds[name].append(perf_counter() - started)
    return seconds


def times_floor(ratio: float) -> str:
    return f"{ratio:.2f} x"


if __name__ == "__main__":
    speed()
