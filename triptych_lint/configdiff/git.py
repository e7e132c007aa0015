"""What git knows about the files of a working tree: their old versions, and which changed."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass


class GitError(Exception):
    """Git could not answer; the message is one line with its reason."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A file that differs: its path from the top of the work tree, and its path in HEAD.

    ``old`` is None for a file that HEAD has not; ``unmerged`` says that a merge is not settled.
    """

    path: str
    old: str | None
    unmerged: bool = False


class Repository:
    """The repository around the current folder. Paths are relative to its top."""

    def __init__(self) -> None:
        """Raises GitError outside of a work tree, or without git."""
        self.top = _git("rev-parse", "--show-toplevel").rstrip("\n")
        self._prefix = _git("rev-parse", "--show-prefix").rstrip("\n")

    def changed(self, *, staged: bool) -> list[Changed]:
        """What differs from HEAD: in the index if ``staged``, else in the working tree.

        In a repository without a commit all files are new.
        """
        if not self._has_head():
            listed = self._run("ls-files", "-z", "--full-name", "--", ":/").split("\0")
            return [Changed(path, None) for path in dict.fromkeys(listed) if path]
        where = ["--cached"] if staged else []
        options = ["--name-status", "-z", "-M", "--no-ext-diff"]
        return _parsed(self._run("diff", *where, *options, "HEAD", "--"))

    def head(self, path: str) -> bytes:
        """The version of HEAD; raises GitError."""
        return self.blob(f"HEAD:{path}")

    def staged(self, path: str) -> bytes:
        """The version of the index; raises GitError."""
        return self.blob(f":{path}")

    def blob(self, name: str) -> bytes:
        """The bytes that ``REV:path`` names, with no filter applied; raises GitError."""
        return _output(["cat-file", "blob", name], self.top)

    def tracks(self, path: str) -> bool:
        """Whether git knows a file of this path."""
        try:
            return bool(self._run("--literal-pathspecs", "ls-files", "-z", "--", path))
        except GitError:
            return False

    def from_top(self, path: str) -> str:
        """The path from the top of what is called ``path`` in the current folder."""
        if os.path.isabs(path):
            return os.path.relpath(os.path.realpath(path), os.path.realpath(self.top))
        return os.path.normpath(os.path.join(self._prefix, path)).replace(os.sep, "/")

    def here(self, path: str) -> str:
        """The inverse of :meth:`from_top`."""
        return os.path.relpath(path, self._prefix or ".")

    def _has_head(self) -> bool:
        try:
            self._run("rev-parse", "--verify", "--quiet", "HEAD")
        except GitError:
            return False
        return True

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
