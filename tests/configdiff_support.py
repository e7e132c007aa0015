"""Two texts in, what is asked about them out: the whole way without a command line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from triptych_lint.configdiff import notes
from triptych_lint.configdiff.compare import Changeset, Comparison, Declared, FileDiff
from triptych_lint.configdiff.config import Config
from triptych_lint.configdiff.session import questions
from triptych_lint.configdiff.variables import Variables, load
from triptych_lint.configfile import SettingsFinder
from triptych_lint.model import Diagnostic


@dataclass(frozen=True)
class Verdict:
    """What came of a comparison."""

    file: FileDiff
    asked: list[Diagnostic]

    @property
    def word(self) -> str:
        """``warning``, ``note`` or ``quiet``."""
        severities = {found.severity.value for found in self.asked}
        return "warning" if "warning" in severities else "note" if severities else "quiet"

    @property
    def counted(self) -> list[str]:
        """The variables that moved by themselves, of all runs."""
        return [m.axis.name for run in self.file.runs for m in run.variables]

    @property
    def ties(self) -> dict[str, str]:
        return {
            m.axis.name: m.tie.leader.name for run in self.file.runs for m in run.moved if m.tie
        }

    @property
    def changed(self) -> dict[str, str]:
        """Every change that is listed: path and kind."""
        return {
            ".".join(change.path): change.kind.value
            for run in self.file.runs
            for change in run.changes
        }


def compare(
    old: str,
    new: str,
    name: str = "run.yaml",
    *,
    strict: bool = False,
    variables: Variables | None = None,
    folder: Path | None = None,
    select: tuple[str, ...] = (),
) -> Verdict:
    """The verdict on two texts of a file called ``name``.

    ``folder`` may hold notes (``state.md``) and the scripts that read the config.
    """
    comparison = Comparison(variables or load(), strict)
    before, after = (Config(text.encode(), name) for text in (old, new))
    file = comparison.of(before, after, "old")
    finder = SettingsFinder({"strict": strict, "extend-select": select}, isolated=True)
    found = notes.find(str(folder), 0.0) if folder else notes.Notes()
    declared = Declared(
        found.path,
        lambda run: found.named(run, comparison.variables),
        found.formal,
        pending=found.has_state,
    )
    readers = sorted(folder.glob("read_*.py")) if folder else []
    scripts = [path.read_text(encoding="utf-8") for path in readers]
    changeset = Changeset((file,), declared, scripts=lambda: scripts)
    (report,) = questions(changeset, finder)
    return Verdict(file, report.diagnostics)


def verdict(old: str, new: str, name: str = "run.yaml") -> str:
    return compare(old, new, name).word


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
