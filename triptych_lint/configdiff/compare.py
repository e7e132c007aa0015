"""Two versions of a file, run by run: the subject of the rule about configs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from triptych_lint.configdiff.changes import Change, Kind, changes
from triptych_lint.configdiff.config import Config
from triptych_lint.configdiff.matching import matched
from triptych_lint.configdiff.nodes import Node
from triptych_lint.configdiff.pairs import Version, paired, shown_path
from triptych_lint.configdiff.references import Path, Reader
from triptych_lint.configdiff.ties import Moved, moved
from triptych_lint.configdiff.units import is_sweep, metric, sections
from triptych_lint.configdiff.variables import CONTEXT, LOUD, Variables, load

MOST_FILES = 8
"""Configs changed at once; more is a refactoring, not an experiment."""

_DEFAULT_METRIC = "val_loss"


@dataclass(frozen=True, slots=True)
class Run:
    """What changed in one run.

    ``section`` is its name in a file of several, else empty; ``path`` is where it starts.
    """

    section: str
    path: Path
    changes: tuple[Change, ...]
    moved: tuple[Moved, ...]
    metric: str
    strict: bool

    @property
    def variables(self) -> list[Moved]:
        """The variables that count, and that moved by themselves."""
        return [m for m in self.moved if m.tie is None and self.counts(m)]

    @property
    def loud(self) -> list[Moved]:
        return [m for m in self.variables if m.axis.level == LOUD]

    @property
    def baseline(self) -> Change | None:
        """Another model or data set, or a debugging switch: no ablation of what was before."""
        for change in self.changes:
            new_identity = change.key.identity or change.key.debug
            if change.kind is not Kind.CHANGED or not new_identity:
                continue
            if all(reading.value is not None for reading in change.values):
                return change
        return None

    def counts(self, variable: Moved) -> bool:
        return self.strict or variable.axis.level != CONTEXT

    def followers(self, leader: Moved) -> list[Moved]:
        """What is counted with a variable, directly or through another."""
        found: list[Moved] = []
        names = {leader.axis.name}
        for _ in self.moved:
            for m in self.moved:
                if m.tie and m.tie.leader.name in names and m.axis.name not in names:
                    names.add(m.axis.name)
                    found.append(m)
        return found

    @property
    def signature(self) -> frozenset[tuple[str, ...]]:
        """Equal for runs in which the same keys moved by the same amount."""
        return frozenset(
            (c.key.leaf, *(r.shown for r in c.values)) for m in self.variables for c in m.changes
        )


@dataclass(frozen=True, slots=True)
class FileDiff:
    """Two versions of one file; ``base`` says in words what ``config`` was compared with."""

    old: Config
    config: Config
    base: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Declared:
    """What was said beforehand about a set of changes.

    ``announces`` tells which variables of a run the notes at ``notes`` name; ``joint`` is the
    reason that a commit gives for moving several together.
    """

    notes: str = ""
    announces: Callable[[Run], set[str]] = lambda run: set()
    formal: bool = False
    joint: str = ""
    pending: bool = False
    """Whether there is a ``state.md``, and time to write down what the run will test."""


@dataclass(frozen=True, slots=True)
class Changeset:
    """The files that are compared in one go: one commit, or two files."""

    files: tuple[FileDiff, ...]
    declared: Declared = Declared()
    is_merge: bool = False
    variables: Variables = field(default_factory=load)
    scripts: Callable[[], Sequence[str]] = tuple
    """Gives the texts of the project's Python files that read YAML."""

    @property
    def changed(self) -> int:
        """How many files differ in more than their spelling."""
        return sum(bool(file.runs) for file in self.files)

    @property
    def is_bulk(self) -> bool:
        return self.is_merge or self.changed > MOST_FILES

    def only(self, files: Iterable[FileDiff]) -> Changeset:
        """The same changes, in some of the files."""
        return replace(self, files=tuple(files))

    def runs(self) -> Iterator[tuple[FileDiff, Run]]:
        for file in self.files:
            for run in file.runs:
                yield file, run


@dataclass(frozen=True, slots=True)
class Comparison:
    """How files are compared: by which catalogue, and whether ``context`` variables count."""

    variables: Variables
    strict: bool = False

    def of(self, old: Config, new: Config, base: str) -> FileDiff:
        """Compare two versions; documents are matched in order, sections by name."""
        runs: list[Run] = []
        for name, before, after in matched(old.tree, new.tree):
            if not (is_sweep(before) or is_sweep(after)):
                runs += self._document(before, after, name)
        return FileDiff(old, new, base, tuple(run for run in runs if run.changes))

    def _document(self, old: Node, new: Node, name: str) -> Iterator[Run]:
        readers = Reader(old), Reader(new)
        before, after = sections(old, self.variables), sections(new, self.variables)
        shared = [path for path in after if path in before]
        if not shared:
            yield self._run(Version(old, readers[0]), Version(new, readers[1]), (), name, new)
            return
        for path in shared:
            section = shown_path(path)
            yield self._run(
                Version(before[path], readers[0]),
                Version(after[path], readers[1]),
                path,
                f"{name}, {section}" if name else section,
                new,
            )

    def _run(self, old: Version, new: Version, path: Path, section: str, root: Node) -> Run:
        pairs = list(paired(old, new, path))
        found = changes(pairs, self.variables)
        touched = {change.path for change in found}
        keys = (self.variables.key(p.path) for p in pairs if p.path not in touched and p.new)
        unchanged = [key.leaf for key in keys if key.axis]
        return Run(
            section,
            path,
            tuple(found),
            tuple(moved(found, self.variables, unchanged)),
            metric(root, self.variables.metrics) or _DEFAULT_METRIC,
            self.strict,
        )


def distinct(found: Sequence[tuple[FileDiff, Run]]) -> list[list[tuple[FileDiff, Run]]]:
    """Runs that changed alike, together: the same change in several places is one change."""
    groups: dict[frozenset[tuple[str, ...]], list[tuple[FileDiff, Run]]] = {}
    for file, run in found:
        groups.setdefault(run.signature, []).append((file, run))
    return list(groups.values())
