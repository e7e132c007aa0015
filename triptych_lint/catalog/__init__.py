"""What library calls mean, as data: the rows of the YAML files beside this module.

``README.md`` describes the keys. Reading all the YAML takes longer than linting a file, so that a
compiled form is kept in the user's cache, under a name that changes with the rows.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]
_FOLDER = Path(__file__).parent
_OTHER = {"engine.yaml", "ids.yaml", "scripts.yaml", "variables.yaml"}
"""Data of other shapes, which stands here as well."""
_ENGINE = (
    "accessors", "anchor_words", "asking_words", "device_words", "dialects", "frame_classes",
    "evaluating_words", "forward_methods", "frame_members", "gradient_names", "harmless_names",
    "keeping_nothing", "model_methods", "no_rows", "numeric",
    "old_torch_words", "optimizer_methods", "protocols", "seed_constants", "seeding_names",
    "showing", "sparse_words", "starting_lines", "state_arguments", "streams", "telling_words",
    "waiting_words",
)  # fmt: skip


@dataclass(slots=True)
class Catalog:
    """The rows of all libraries, by qualified name."""

    rows: Mapping[str, Row]
    aliases: Mapping[str, str]
    imports: frozenset[str]
    """Top-level modules; a file that holds none of these words does not train."""
    packages: frozenset[str]
    """Top-level modules that are some library's, and so not the project's own."""
    protocols: Mapping[str, Row]
    """What a method means on an object of unknown type."""
    numeric: tuple[str, ...]
    """Modules whose functions compute with what they are given, each with a dot behind it."""
    keeping_nothing: tuple[str, ...]
    """Names of what writes no results beyond what rows say, each with a dot behind it."""
    accessors: frozenset[str]
    no_rows: frozenset[str]
    frame_members: frozenset[str]
    """Attributes of tables that lead to their rows, and attributes that hold none."""
    showing: frozenset[str]
    """Packages that only show what they are given."""
    anchor_words: Mapping[str, str]
    """A word in a name or title, and the dashboard that it means."""
    frame_classes: frozenset[str]
    """Classes whose subclasses embed a page in another one."""
    streams: Mapping[str, Row]
    """How each stream is called by people, and seeded in code."""
    dialects: tuple[Row, ...]
    """Seeders that frameworks bring."""
    state_arguments: frozenset[str]
    """Parameters by which a call takes a seed of its own."""
    seed_constants: re.Pattern[str]
    """Names of constants that hold a script's seed."""
    asking_words: re.Pattern[str]
    starting_lines: re.Pattern[str]
    """Words without which nothing is asked of library code, and lines that start a run."""
    telling_words: re.Pattern[str]
    """Words without which a function by itself gives no rule anything to ask."""
    seeding_names: re.Pattern[str]
    harmless_names: re.Pattern[str]
    """Names by which a callable of a module that cannot be found says that it seeds nothing."""
    gradient_names: re.Pattern[str]
    """Names by which a callable that cannot be read might seed, or look at gradients."""
    optimizer_methods: frozenset[str]
    model_methods: frozenset[str]
    """Methods that tell what an object of unknown type is."""
    forward_methods: frozenset[str]
    """Methods in which a model computes what it gives."""
    evaluating_words: re.Pattern[str]
    """Words of contexts in which nothing is trained."""
    waiting_words: re.Pattern[str]
    device_words: re.Pattern[str]
    """Words of code that waits for a device, and of scripts that have one."""
    old_torch_words: re.Pattern[str]
    sparse_words: re.Pattern[str]
    """Words of scripts for which no norm can be computed in one call."""
    _resolved: dict[str, str] = field(default_factory=dict)

    def resolve(self, name: str) -> str:
        """The name under which the catalogue knows ``name``: longest aliased prefix first."""
        found = self._resolved.get(name)
        if found is None:
            found = self._resolved[name] = self._followed(name)
        return found

    def _followed(self, name: str) -> str:
        for _ in range(4):
            head = name
            while head not in self.aliases:
                head, dot, _tail = head.rpartition(".")
                if not dot:
                    return name
            name = self.aliases[head] + name[len(head) :]
        return name

    def is_numeric(self, name: str) -> bool:
        """Whether a function computes with its arguments, so that they flow through it."""
        return f"{self.resolve(name)}.".startswith(self.numeric)

    def may_keep(self, name: str) -> bool:
        """Whether a library's function might write results, for all that is known of it."""
        return not f"{self.resolve(name)}.".startswith(self.keeping_nothing)

    def knows(self, top: str) -> bool:
        """Whether a top-level module is a library."""
        return top in self.packages or self.resolve(top).partition(".")[0] in self.packages

    def members(self, module: str) -> list[str]:
        """Names that ``from module import *`` may bind, as far as rows know them."""
        found = {
            name[len(prefix) :].partition(".")[0]
            for prefix in (f"{module}.", f"{self.resolve(module)}.")
            for name in (*self.rows, *self.aliases)
            if name.startswith(prefix)
        }
        return sorted(found)

    def seeds_in(self, module: str) -> bool:
        """Whether something right inside of a library's module seeds, as far as rows know."""
        owner = self.resolve(module)
        inside = (row for name, row in self.rows.items() if name.rpartition(".")[0] == owner)
        return not self.knows(module.partition(".")[0]) or any("seeds" in row for row in inside)

    def row(self, name: str) -> Row | None:
        """The row of a qualified name, if there is one."""
        return self.rows.get(name) or self.rows.get(self.resolve(name))

    def method(self, type_name: str | None, method: str) -> tuple[str, Row] | None:
        """The row of a method, looked up along ``base``."""
        for _ in range(8):
            if not type_name:
                return None
            found = self.row(f"{type_name}.{method}")
            if found is not None:
                return f"{type_name}.{method}", found
            owner = self.row(type_name)
            type_name = owner.get("base") if owner else None
        return None

    def kind(self, type_name: str | None) -> str | None:
        """The ``kind`` of a type, looked up along ``base``."""
        return self.inherited(type_name, "kind")

    def inherited(self, type_name: str | None, key: str) -> Any:
        """What the row of a type says under ``key``, looked up along ``base``."""
        for _ in range(8):
            owner = self.row(type_name) if type_name else None
            if owner is None:
                return None
            if key in owner:
                return owner[key]
            type_name = owner.get("base")
        return None

    def is_a(self, type_name: str | None, base: str) -> bool:
        """Whether a type is ``base`` or inherits from it."""
        for _ in range(8):
            if not type_name:
                return False
            if self.resolve(type_name) == base:
                return True
            owner = self.row(type_name)
            type_name = owner.get("base") if owner else None
        return False

    @property
    def gate(self) -> re.Pattern[str]:
        """Matches a text that may train: one of whose statements imports such a library."""
        words = "|".join(sorted(re.escape(word) for word in self.imports))
        start = r"^(?:[^\n#]*[:;])?[ \t]*(?:import|from)[ \t]"
        return re.compile(rf"{start}[^\n]*\b(?:{words})\b", re.MULTILINE)


@cache
def load() -> Catalog:
    """The catalogue, from its compiled form where there is a current one."""
    files = sorted(_FOLDER.glob("*.yaml"))
    stamp = hashlib.sha256()
    for path in [*files, Path(__file__)]:
        status = path.stat()
        stamp.update(f"{path.name}:{status.st_size}:{status.st_mtime_ns};".encode())
    compiled = _cache_file(stamp.hexdigest()[:16])
    try:
        data = json.loads(compiled.read_bytes())
    except (OSError, ValueError):
        data = _compile(files)
        _keep(compiled, data)
    return Catalog(
        rows=data["rows"],
        aliases=data["aliases"],
        imports=frozenset(data["imports"]),
        packages=frozenset(data["packages"]),
        protocols=data["protocols"],
        numeric=tuple(f"{module}." for module in data["numeric"]),
        keeping_nothing=tuple(f"{name}." for name in data["keeping_nothing"]),
        accessors=frozenset(data["accessors"]),
        anchor_words=data["anchor_words"],
        frame_classes=frozenset(data["frame_classes"]),
        streams=data["streams"],
        dialects=tuple(data["dialects"]),
        state_arguments=frozenset(data["state_arguments"]),
        seed_constants=re.compile(data["seed_constants"]),
        showing=frozenset(data["showing"]),
        no_rows=frozenset(data["no_rows"]),
        frame_members=frozenset(data["frame_members"]),
        forward_methods=frozenset(data["forward_methods"]),
        asking_words=re.compile(data["asking_words"]),
        starting_lines=re.compile(data["starting_lines"], re.MULTILINE),
        telling_words=re.compile(data["telling_words"]),
        seeding_names=re.compile(data["seeding_names"]),
        harmless_names=re.compile(data["harmless_names"]),
        gradient_names=re.compile(data["gradient_names"]),
        optimizer_methods=frozenset(data["optimizer_methods"]),
        model_methods=frozenset(data["model_methods"]),
        waiting_words=re.compile(data["waiting_words"]),
        evaluating_words=re.compile(data["evaluating_words"]),
        device_words=re.compile(data["device_words"]),
        old_torch_words=re.compile(data["old_torch_words"]),
        sparse_words=re.compile(data["sparse_words"]),
    )


def read_yaml(name: str) -> Any:
    """One YAML file of the catalogue that has a shape of its own (``ids.yaml``)."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((_FOLDER / name).read_bytes(), Loader=loader)


def _compile(files: Iterable[Path]) -> dict[str, Any]:
    rows: dict[str, Row] = {}
    aliases: dict[str, str] = {}
    engine = read_yaml("engine.yaml")
    # A class that embeds opens the gate as a library does, wherever it is imported from.
    imports = set(engine["frame_classes"])
    packages = set(engine["packages"])
    for path in files:
        if path.name in _OTHER:
            continue
        library = read_yaml(path.name)
        imports.update(library.get("imports", ()))
        packages.update(library.get("packages", library.get("imports", ())))
        aliases.update(library.get("aliases", {}))
        for row in library["rows"]:
            facts = {key: value for key, value in row.items() if key not in {"api", "source"}}
            if not _is_plain(facts):
                raise ValueError(f"{path.name}: {row['api'][0]}: a YAML word is read as a boolean")
            for name in row["api"]:
                if name in rows:
                    raise ValueError(f"{path.name}: {name} has a row already")
                rows[name] = facts
                packages.add(name.partition(".")[0])
    return {
        "rows": rows,
        "aliases": aliases,
        "imports": sorted(imports),
        "packages": sorted(packages),
        **{key: engine[key] for key in _ENGINE},
    }


def _is_plain(facts: Any) -> bool:
    """Whether all keys are text: the compiled form has no others, and both forms mean the same."""
    if isinstance(facts, dict):
        return all(isinstance(k, str) and _is_plain(v) for k, v in facts.items())
    return not isinstance(facts, list) or all(_is_plain(value) for value in facts)


def _cache_file(stamp: str) -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("triptych-lint") / f"catalog-{stamp}.json"


def _keep(path: Path, data: Mapping[str, Any]) -> None:
    """Write the compiled form; a cache that cannot be written is no reason to stop."""
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(data))
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
