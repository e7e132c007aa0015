"""Two texts in, what is asked about them out: the whole way without a command line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from triptych_lint.configdiff.compare import Changeset, Comparison, FileDiff
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
) -> Verdict:
    """The verdict on two texts of a file called ``name``."""
    comparison = Comparison(variables or load(), strict)
    before, after = (Config(text.encode(), name) for text in (old, new))
    file = comparison.of(before, after, "old")
    finder = SettingsFinder({"strict": strict}, isolated=True)
    (report,) = questions(Changeset((file,)), finder)
    return Verdict(file, report.diagnostics)


def verdict(old: str, new: str, name: str = "run.yaml") -> str:
    return compare(old, new, name).word


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
