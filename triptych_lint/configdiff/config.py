"""One version of a config file: its text, its tree, and what kept it from being read."""

from __future__ import annotations

import re
from copy import copy
from importlib import import_module
from pathlib import PurePath

from triptych_lint.configdiff.nodes import ConfigError, Tree
from triptych_lint.project import is_test
from triptych_lint.source import Source, UnreadableSource

FORMATS = {
    ".yaml": "yamlfile",
    ".yml": "yamlfile",
    ".json": "jsonfile",
    ".jsonc": "jsonfile",
    ".toml": "tomlfile",
    ".sh": "shell",
    ".bash": "shell",
    ".slurm": "shell",
    ".sbatch": "shell",
    ".py": "python",
    ".ipynb": "python",
}
CODE = (".py", ".ipynb")
"""Formats that hold more than settings."""
_OTHER_TOOLS = {
    "pyproject.toml", "poetry.lock", "Cargo.toml", "package.json", "package-lock.json",
    "tsconfig.json", ".pre-commit-config.yaml", "triptych.toml", "ruff.toml", "setup.py",
    "pnpm-lock.yaml", "mkdocs.yml", "environment.yml", "environment.yaml", "conftest.py",
    "noxfile.py",
}  # fmt: skip
"""Files of other tools, whose keys look like ours by chance."""
LARGEST = 1_000_000
"""Bytes; no person writes a config that is longer, and lock files are."""

_OURS, _THEIRS = re.compile(r"^<{7} ", re.M), re.compile(r"^={7}\r?$", re.M)
"""Where the two sides of a merge conflict begin."""
_EXCUSE = re.compile(
    r"(?:^|\s)#\s*triptych-lint:\s*ignore(-file)?\s*(?:\[([^\]]*)\])?", re.I | re.M
)


class Config:
    """A parsed config. It stands for its file where a rule points at places."""

    def __init__(self, data: bytes, path: str) -> None:
        """Parse ``data``; the suffix of ``path`` tells the format, which is YAML in doubt.

        Raises:
            ConfigError: where there is nothing to compare in it.
        """
        self.path = path
        self.is_composed = False
        """Whether the tree holds values of other files."""
        self.source = _source(data, path)
        conflict = _OURS.search(self.source.text)
        if conflict and _THEIRS.search(self.source.text, conflict.end()):
            row = self.source.position(conflict.start())[1].row
            raise ConfigError("holds conflict markers of an unfinished merge", row)
        self.is_code = PurePath(path).suffix.lower() in CODE
        self.tree: Tree = _parsed(self.source, path)

    def with_tree(self, tree: Tree) -> Config:
        """The same file with what it takes over from others, spelled out in ``tree``."""
        other = copy(self)
        other.tree = tree
        other.is_composed = True
        return other

    def excuses(self, code: str, name: str) -> bool:
        """Whether a comment anywhere in the file settles the rule ``code``, called ``name``."""
        if PurePath(self.path).suffix.lower() == ".json":
            return False
        for match in _EXCUSE.finditer(self.source.text):
            named = re.findall(r"[\w-]+", match[2] or "")
            # In a script, a comment that names no rule is about its line.
            if not named and (match[1] or not self.is_code):
                return True
            if name in named or any(code.startswith(n.upper()) for n in named):
                return True
        return False


def is_config(path: str) -> bool:
    """Whether a file of this name is compared when nobody named it."""
    pure = PurePath(path)
    suffix = pure.suffix.lower()
    if suffix in CODE:
        return not is_test(path)
    return suffix in FORMATS and pure.name not in _OTHER_TOOLS


def _parsed(source: Source, path: str) -> Tree:
    name = FORMATS.get(PurePath(path).suffix.lower(), "yamlfile")
    parser = import_module(f"triptych_lint.configdiff.formats.{name}")
    tree: Tree = parser.parse(source if name == "python" else source.text)
    return tree


def _source(data: bytes, path: str) -> Source:
    if len(data) > LARGEST:
        raise ConfigError(f"is not compared: it is larger than {LARGEST:,} bytes")
    if b"\0" in data:
        raise ConfigError("contains NUL bytes: a binary file, or text that is not UTF-8")
    try:
        return Source.from_bytes(data, path)
    except UnreadableSource as error:
        raise ConfigError(str(error)) from None
