"""A number in a YAML config that PyYAML reads as text.

`yaml.safe_load` follows YAML 1.1, where a float needs a dot, and its exponent a sign:

    lr: 1e-3          # the text "1e-3"
    lr: 1.0e-3        # the number 0.001
    steps: 1.0e3      # the text "1.0e3" again

The text goes a long way before it fails ("'<=' not supported between instances of 'float' and
'str'"), if it fails: a comparison with a default, or a format string, takes it. 474 files in 16 of
82 public repositories hold such numbers; most of those are read by something that knows better.

Asked about YAML files that changed, in a repository whose Python imports `yaml` and nothing that
converts by itself (OmegaConf, Hydra, ruamel, HfArgumentParser, jsonargparse, pydantic, ...), for
keys that stand for a variable (see TRP501), unless the scripts pass the key through `float(...)`.

The fix writes the dot and the sign. It is safe: every reader of YAML takes the result for the same
number. `triptych-lint diff --fix` makes it in the working tree.

Ignore it where the value is meant to be text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from triptych_lint.model import Fix, Safety, Severity
from triptych_lint.rule import Ask, rule

if TYPE_CHECKING:
    from triptych_lint.configdiff.compare import Changeset


@rule(
    "TRP506",
    "yaml-exponent",
    question="PyYAML reads `{key}: {old}` in {where} as text. Would `{new}` do, which it reads as a"
    " number?",
    statement="PyYAML reads `{key}: {old}` in {where} as text; `{new}` is a number.",
    severity=Severity.NOTE,
    safety=Safety.SAFE,
    subject="configdiff",
)
def yaml_exponent(changeset: Changeset) -> Iterator[Ask]:
    """Ask once per file, and list the other places."""
    from triptych_lint.configdiff.wording import node_place
    from triptych_lint.configdiff.yamlstrings import yaml_strings
    from triptych_lint.paths import displayed

    for file in changeset.files:
        if not file.config.path.endswith((".yaml", ".yml")) or file.config.is_composed:
            continue
        found = [
            string
            for root in file.config.tree.documents
            for string in yaml_strings(root, changeset.variables, changeset.scripts())
        ]
        if not found:
            continue
        first = found[0]
        fields = {
            "key": first.key.leaf,
            "old": first.node.text,
            "new": first.number,
            "where": displayed(file.config.path),
        }
        shown = tuple((node_place(file, s.node), "text, where a number is meant") for s in found)
        edits = tuple(string.edit for string in found)
        fix = Fix(Safety.SAFE, "write the dot and the sign that make it a number", edits)
        yield Ask(shown[0][0], fields, shown, fix=fix)
