"""Numbers that PyYAML reads as text: ``1e-3`` has no dot, ``1.0e3`` no sign.

Whether that matters depends on who reads the file. Certain is only a project whose Python reads
YAML with PyYAML, and with nothing else that knows better or converts by itself.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import yaml

from triptych_lint.configdiff.git import GitError, Repository
from triptych_lint.configdiff.meaning import is_number, number
from triptych_lint.configdiff.nodes import Node, Scalar, Table
from triptych_lint.configdiff.references import Path
from triptych_lint.configdiff.variables import Key, Variables
from triptych_lint.model import Edit

_READS = re.compile(r"^\s*(?:import yaml\b|from yaml import\b)", re.M)
_CONVERTS = re.compile(
    r"\b(?:omegaconf|hydra|ruamel|HfArgumentParser|TrlParser|jsonargparse|LightningCLI|pydantic"
    r"|dacite|draccus|pyrallis|add_implicit_resolver|yacs|mmengine|mmcv|hyperpyyaml|tyro|gin"
    r"|simple_parsing|OmegaConf|strictyaml|confuse|dynaconf|literal_eval)\b"
)
_CAST = re.compile(r"\bfloat\(([^()]*(?:\([^()]*\)[^()]*)*)\)")
_TEXT = "tag:yaml.org,2002:str"
_LARGEST = 2_000_000


@dataclass(frozen=True, slots=True)
class YamlString:
    """A number that is read as text: its key, and how YAML would read it as a number."""

    key: Key
    node: Scalar
    number: str

    @property
    def edit(self) -> Edit:
        return Edit(self.node.span, self.number)


def yaml_strings(root: Node, variables: Variables, scripts: Sequence[str]) -> Iterator[YamlString]:
    """The numbers of variables in a document that the project would read as text."""
    if not scripts or any(_CONVERTS.search(text) for text in scripts):
        return
    cast = " ".join(match[1] for text in scripts for match in _CAST.finditer(text))
    seen = set()
    for path, node in _scalars(root, ()):
        key = variables.key(path)
        written = with_point(node.text)
        if key.axis is None or written is None or node.quoted or node.tag or node.span in seen:
            continue
        if not re.search(rf"\b{re.escape(path[-1])}\b", cast):
            seen.add(node.span)
            yield YamlString(key, node, written)


def with_point(text: str) -> str | None:
    """``1e-3`` as ``1.0e-3``; None for what PyYAML reads as a number, or for no number."""
    value = number(text)
    if not is_number(value) or not re.search(r"[\d.][eE]", text):
        return None
    if yaml.SafeLoader("").resolve(yaml.ScalarNode, text, (True, False)) != _TEXT:
        return None
    digits, mark, exponent = re.split(r"([eE])", text)
    digits = re.sub(r"^([-+]?)\.", r"\g<1>0.", digits if "." in digits else f"{digits}.0")
    exponent = exponent if exponent[0] in "+-" else f"+{exponent}"
    return f"{digits}{mark}{exponent}"


def scripts_that_read_yaml() -> Sequence[str]:
    """The texts of the Python files of the repository that import PyYAML or convert its values."""
    try:
        repository = Repository()
        words = ["-e", "yaml", "-e", "[oO]mega[cC]onf", "-e", "hydra", "-e", "Parser"]
        names = repository.grep([*words, "--", "*.py", "*.ipynb"])
    except GitError:
        return ()
    texts = []
    for name in names:
        try:
            with open(os.path.join(repository.top, name), encoding="utf-8", errors="replace") as f:
                texts.append(f.read(_LARGEST))
        except OSError:
            continue
    return texts if any(_READS.search(text) for text in texts) else ()


def _scalars(node: Node, path: Path) -> Iterator[tuple[Path, Scalar]]:
    if isinstance(node, Scalar):
        if path:
            yield path, node
    elif isinstance(node, Table):
        for name, value in node.entries.items():
            yield from _scalars(value, (*path, name))
    else:
        for item in node.items:
            yield from _scalars(item, path)
