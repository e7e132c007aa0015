"""What git knows about the files of a working tree: their old versions, and which changed."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass

HEAD, INDEX, WORKTREE = "HEAD", ":index", ":worktree"
"""Where versions of files are found, besides commits."""
_NOTHING = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
"""The tree without files, which every repository knows."""
_UNIT = "\x1f"


class GitError(Exception):
    """Git could not answer; the message is one line with its reason."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A file that differs: its path from the top of the work tree, and its path before.

    ``old`` is None for a file that is new; ``unmerged`` says that a merge is not settled.
    """

    path: str
    old: str | None
    unmerged: bool = False


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit with one parent, or with none (``parent`` is then the tree without files)."""

    name: str
    parent: str
    time: int
    subject: str
    experiment: str
    """The value of its ``Experiment:`` trailer, or an empty text."""

    def __str__(self) -> str:
        return f"{self.name[:9]} {self.subject}".strip()


class Repository:
    """The repository around the current folder. Paths are relative to its top."""

    def __init__(self) -> None:
        """Raises GitError outside of a work tree, or without git."""
        self.top = _git("rev-parse", "--show-toplevel").rstrip("\n")
        self._prefix = _git("rev-parse", "--show-prefix").rstrip("\n")

    def changed(self, old: str, new: str) -> list[Changed]:
        """What differs between a commit and another one, the index, or the working tree.

        In a repository without a commit all files are new.
        """
        if old == HEAD and not self.knows(HEAD):
            listed = self._run("ls-files", "-z", "--full-name", "--", ":/").split("\0")
            return [Changed(path, None) for path in dict.fromkeys(listed) if path]
        where = {INDEX: ["--cached", old], WORKTREE: [old]}.get(new, [old, new])
        options = ["--name-status", "-z", "-M", "--no-ext-diff"]
        return _parsed(self._run("diff", *options, *where, "--"))

    def commits(self, base: str, last: str) -> list[Commit]:
        """The commits of ``last`` since it left ``base``, in order, without merges."""
        for revision in (base, last):
            if not self.knows(f"{revision}^{{commit}}"):
                raise GitError(f"there is no commit {revision}")
        fields = ["%H", "%P", "%ct", "%s", "%(trailers:key=Experiment,valueonly,separator= )"]
        form = f"--format={_UNIT.join(fields)}%x00"
        listed = self._run("log", "--reverse", "--no-merges", form, f"{base}..{last}", "--")
        found = []
        for record in listed.split("\0"):
            if record.strip():
                name, parent, time, subject, experiment = record.strip("\n").split(_UNIT)
                found.append(
                    Commit(name, parent or _NOTHING, int(time), subject, experiment.strip())
                )
        return found

    def is_merging(self) -> bool:
        """Whether the next commit will be a merge."""
        return self.knows("MERGE_HEAD")

    def time(self, revision: str = HEAD) -> int | None:
        """When a commit was made, in seconds; None if there is no such commit."""
        try:
            return int(self._run("show", "-s", "--format=%ct", revision).strip())
        except (GitError, ValueError):
            return None

    def read(self, where: str, path: str) -> bytes:
        """A version of a file; raises GitError."""
        return self.blob(f":{path}" if where == INDEX else f"{where}:{path}")

    def text(self, where: str, path: str) -> str:
        """A version of a file as text; empty if there is none."""
        try:
            return self.read(where, path).decode("utf-8", "replace")
        except GitError:
            return ""

    def blob(self, name: str) -> bytes:
        """The bytes that ``REV:path`` names, with no filter applied; raises GitError."""
        return _output(["cat-file", "blob", name], self.top)

    def files(self, revision: str, folder: str) -> list[str]:
        """The paths of the files right in a folder of a commit."""
        place = f"{folder}/" if folder else "."
        try:
            listed = self._run("ls-tree", "-z", "--name-only", "--full-name", revision, place)
        except GitError:
            return []
        return [path for path in listed.split("\0") if path]

    def grep(self, arguments: list[str]) -> list[str]:
        """The followed files, as they are in the working tree, that hold one of some patterns."""
        try:
            listed = self._run("grep", "--no-color", "-l", "-z", "-E", *arguments)
        except GitError:  # what git says as well where it finds nothing
            return []
        return [path for path in listed.split("\0") if path]

    def tracks(self, path: str) -> bool:
        """Whether git knows a file of this path."""
        try:
            return bool(self._run("--literal-pathspecs", "ls-files", "-z", "--", path))
        except GitError:
            return False

    def knows(self, revision: str) -> bool:
        """Whether there is such a revision."""
        try:
            self._run("rev-parse", "--verify", "--quiet", revision)
        except GitError:
            return False
        return True

    def from_top(self, path: str) -> str:
        """The path from the top of what is called ``path`` in the current folder."""
        if os.path.isabs(path):
            return os.path.relpath(os.path.realpath(path), os.path.realpath(self.top))
        return os.path.normpath(os.path.join(self._prefix, path)).replace(os.sep, "/")

    def here(self, path: str) -> str:
        """The inverse of :meth:`from_top`."""
        return os.path.relpath(path, self._prefix or ".")

    def _run(self, *arguments: str) -> str:
        return _git(*arguments, cwd=self.top)


def _git(*arguments: str, cwd: str | None = None) -> str:
    return os.fsdecode(_output(list(arguments), cwd))


def _output(arguments: list[str], cwd: str | None) -> bytes:
    command = ["git", "-c", "core.quotePath=false", *arguments]
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, check=False)
    except OSError as error:
        raise GitError(f"git cannot be started ({error.strerror})") from None
    if done.returncode:
        reason = os.fsdecode(done.stderr).strip().splitlines() or ["git failed"]
        raise GitError(reason[0].removeprefix("fatal: ").rstrip("."))
    return done.stdout


def _parsed(listing: str) -> list[Changed]:
    """The records of ``git diff --name-status -z``."""
    fields = iter(listing.split("\0"))
    found: dict[str, Changed] = {}
    for status in fields:
        if not status:
            break
        first = next(fields)
        if status[0] in "RC":
            second = next(fields)
            found[second] = Changed(second, first)
        elif status[0] == "A":
            found.setdefault(first, Changed(first, None))
        elif status[0] == "M":
            found.setdefault(first, Changed(first, first))
        elif status[0] == "U":
            found[first] = Changed(first, first, unmerged=True)
    return list(found.values())
