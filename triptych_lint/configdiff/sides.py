"""Where the old and the new version of a file are read from."""

from __future__ import annotations

from dataclasses import dataclass

from triptych_lint.configdiff.config import LARGEST, Config
from triptych_lint.configdiff.git import HEAD, INDEX, WORKTREE, GitError, Repository
from triptych_lint.configdiff.nodes import ConfigError
from triptych_lint.paths import cause_of, displayed, printable


@dataclass(frozen=True, slots=True)
class Versions:
    """Two versions of one config; ``base`` names the old one."""

    old: Config
    new: Config
    base: str


def read_config(name: str) -> bytes:
    """A file as far as it can be a config: one byte too much tells that it is none."""
    with open(name, "rb") as file:
        return file.read(LARGEST + 1)


@dataclass(frozen=True, slots=True)
class Sides:
    """Where old and new versions are read from."""

    repository: Repository
    old: str
    new: str

    @property
    def base(self) -> str:
        """The old side as people call it."""
        return self.old if self.old == HEAD else self.old[:9]

    def before(self, path: str, shown: str) -> Config:
        """The old version; raises ConfigError."""
        try:
            return Config(self.repository.read(self.old, path), shown)
        except (ConfigError, GitError) as error:
            message = f"its version in {self.base}: {printable(str(error))}"
            raise ConfigError(message) from None

    def after(self, path: str) -> Config:
        """The new version; raises ConfigError."""
        here = self.repository.here(path)
        try:
            if self.new == WORKTREE:
                data = read_config(here)
            else:
                data = self.repository.read(self.new, path)
        except GitError as error:
            place = "the index" if self.new == INDEX else "git"
            raise ConfigError(f"cannot be read from {place} ({printable(str(error))})") from None
        except OSError as error:
            raise ConfigError(f"cannot be read ({cause_of(error)})") from None
        return Config(data, displayed(here))
