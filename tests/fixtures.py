"""What a fixture expects, and what the engine says of it (see ``fixtures/README.md``)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from triptych_lint.engine import lint_source
from triptych_lint.model import Diagnostic, FileReport
from triptych_lint.patterns import Patterns
from triptych_lint.project import Project
from triptych_lint.settings import Settings
from triptych_lint.source import Source

ROOT = Path(__file__).resolve().parents[1] / "fixtures"
_AT_HOME = ("TRP102", "TRP209", "TRP302", "TRP307")
"""Notes on habits that many scripts have: they are asked for in the folders of their own rules."""
SETTINGS = Settings(
    root=ROOT,
    extend_select=("TRP209", "TRP307"),
    per_file_ignores=tuple(
        (Patterns(ROOT, ("TRP*/**", f"!{code}/**")), (code,)) for code in _AT_HOME
    ),
)
_ANNOUNCED = re.compile(r"#~ ((?:TRP\d{3} ?)+)")

Line = tuple[str, int | None, int, str]
"""File name within the fixture, cell, row, code."""


@dataclass(frozen=True)
class Fixture:
    """A script, a notebook, or a folder of files that belong together."""

    path: Path

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT))

    @property
    def files(self) -> list[Path]:
        if self.path.is_file():
            return [self.path]
        found = [p for p in self.path.rglob("*") if p.suffix in (".py", ".ipynb")]
        return sorted(p for p in found if ".fixed." not in p.name)

    def expected(self) -> set[Line]:
        """What the comments announce."""
        out: set[Line] = set()
        for file in self.files:
            source = Source.read(file)
            for match in _ANNOUNCED.finditer(source.text):
                cell, position = source.position(match.start())
                for code in match[1].split():
                    out.add((self._short(file), cell, position.row, code))
        return out

    def found(self) -> set[Line]:
        """What the engine asks."""
        return {
            (self._short(Path(d.region.filename)), d.region.cell, d.region.start.row, d.code)
            for report in self.reports()
            for d in report.diagnostics
        }

    def reports(self) -> list[FileReport]:
        project = Project()
        return [lint_source(Source.read(file), SETTINGS, project) for file in self.files]

    def _short(self, file: Path) -> str:
        return str(file.relative_to(self.path.parent))


def all_fixtures() -> list[Fixture]:
    """Every fixture of the rules over a timeline."""
    return list(_fixtures())


def _fixtures() -> Iterator[Fixture]:
    for folder in sorted(ROOT.glob("TRP*")):
        if folder.name.startswith("TRP5"):
            continue
        for path in sorted(folder.iterdir()):
            scripts = path.suffix in (".py", ".ipynb") and ".fixed." not in path.name
            if scripts or (path.is_dir() and path.name != "__pycache__"):
                yield Fixture(path)


def fixable(fixture: Fixture) -> list[Diagnostic]:
    """The diagnostics of a single-file fixture for which a fix is offered."""
    return [d for report in fixture.reports() for d in report.diagnostics if d.fix is not None]
