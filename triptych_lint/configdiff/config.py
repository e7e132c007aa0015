"""One version of a config file: its text, its tree, and what kept it from being read."""

from __future__ import annotations

import re
from pathlib import PurePath

from triptych_lint.configdiff import jsonfile, yamlfile
from triptych_lint.configdiff.nodes import ConfigError, Tree
from triptych_lint.source import Source, UnreadableSource

SUFFIXES = (".yaml", ".yml", ".json")
LARGEST = 1_000_000
"""Bytes; no person writes a config that is longer, and lock files are."""

_OURS, _THEIRS = re.compile(r"^<{7} ", re.M), re.compile(r"^={7}\r?$", re.M)
"""Where the two sides of a merge conflict begin."""
_EXCUSE = re.compile(
    r"(?:^|\s)#\s*triptych-lint:\s*ignore(?:-file)?\s*(?:\[([^\]]*)\])?", re.I | re.M
)


class Config:
    """A parsed config. It stands for its file where a rule points at places."""

    def __init__(self, data: bytes, path: str) -> None:
        """Parse ``data``; the suffix of ``path`` tells the format, which is YAML in doubt.

        Raises:
            ConfigError: where there is nothing to compare in it.
        """
        self.path = path
        self.source = _source(data, path)
        conflict = _OURS.search(self.source.text)
        if conflict and _THEIRS.search(self.source.text, conflict.end()):
            row = self.source.position(conflict.start())[1].row
            raise ConfigError("holds conflict markers of an unfinished merge", row)
        self._is_json = PurePath(path).suffix.lower() == ".json"
        self.tree: Tree = (jsonfile if self._is_json else yamlfile).parse(self.source.text)

    def excuses(self, code: str, name: str) -> bool:
        """Whether a comment anywhere in the file settles the rule ``code``, called ``name``."""
        if self._is_json:
            return False
        for match in _EXCUSE.finditer(self.source.text):
            named = re.findall(r"[\w-]+", match[1] or "")
            if not named or name in named or any(code.startswith(n.upper()) for n in named):
                return True
        return False


def is_config(path: str) -> bool:
    """Whether a file of this name is compared when nobody named it."""
    return PurePath(path).suffix.lower() in SUFFIXES


def _source(data: bytes, path: str) -> Source:
    if len(data) > LARGEST:
        raise ConfigError(f"is not compared: it is larger than {LARGEST:,} bytes")
    if b"\0" in data:
        raise ConfigError("contains NUL bytes: a binary file, or text that is not UTF-8")
    try:
        return Source.from_bytes(data, path)
    except UnreadableSource as error:
        raise ConfigError(str(error)) from None
