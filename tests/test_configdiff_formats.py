"""TOML, JSON with comments, and the commands of shell scripts."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import pytest
from configdiff_support import compare
from hypothesis import given, settings
from hypothesis import strategies as st

from triptych_lint.configdiff.config import Config
from triptych_lint.configdiff.nodes import Items, Node, Scalar, Table

tomllib = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")

TOML = """\
# the recipe
title = "base"  # a name
lr = 1_000e-6
optimizer.name = 'sgd'
[train]
batch_size = 0x20
milestones = [
  30, 60,  # twice
]
when = 1979-05-27 07:32:00
note = \"\"\"two
"lines" \"\"\"
extra = {a.b = 1, "c d" = [{x = true}]}
[[stage]]
epochs = 1
[[stage]]
epochs = 2
[stage.inner]
seed = -1
"""


def plain(node: Node) -> Any:
    if isinstance(node, Table):
        return {key: plain(value) for key, value in node.entries.items()}
    return [plain(item) for item in node.items] if isinstance(node, Items) else node.text


def spelled(value: Any) -> Any:
    """A TOML value with its leaves as text; numbers in digits."""
    if isinstance(value, dict):
        return {key: spelled(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [spelled(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_toml_has_the_structure_that_the_standard_library_finds() -> None:
    text = TOML.replace("1_000e-6", "0.001").replace("0x20", "32")
    (root,) = Config(text.encode(), "run.toml").tree.documents
    assert plain(root) == spelled(tomllib.loads(text))


def test_toml_is_compared_by_meaning() -> None:
    same = TOML.replace("1_000e-6", "1e-3").replace("0x20", "32").replace("'sgd'", '"sgd"')
    assert compare(TOML, same, "run.toml").changed == {}
    found = compare(TOML, TOML.replace("1_000", "3_00").replace("0x20", "16"), "run.toml")
    assert found.counted == ["lr", "batch"]
    assert [e.region.start.row for e in found.asked[0].evidence] == [3, 6]


@pytest.mark.parametrize("text", ["lr = ", "[a", "a = 1\na = 2\n", "x = [1,\n"])
def test_what_is_no_toml_gives_one_clear_line(text: str) -> None:
    with pytest.raises(Exception, match="is not valid TOML") as caught:
        Config(text.encode(), "run.toml")
    assert "\n" not in str(caught.value)


keys = st.text("abz_- .\"'#", min_size=1, max_size=5)
leaves = st.one_of(st.integers(0, 99), st.booleans(), st.text("ab\"'\\#,]}\n", max_size=6))
trees = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)


def quoted(text: str) -> str:
    for old, new in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n")):
        text = text.replace(old, new)
    return f'"{text}"'


def written(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(k)} = {written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return quoted(value) if isinstance(value, str) else str(value)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(keys, trees, max_size=4))
def test_any_toml_is_read_as_the_standard_library_reads_it(value: dict[str, Any]) -> None:
    text = "".join(f"{quoted(k)} = {written(v)} # x\n" for k, v in value.items())
    (root,) = Config(text.encode(), "run.toml").tree.documents
    assert plain(root) == spelled(tomllib.loads(text))


JSONC = """\
{
  // the recipe: "lr": 5
  "lr": 1e-3, /* as in
  the paper */ "url": "http://x/*y*/",
  "batch_size": 32,
}
"""


@pytest.mark.parametrize("name", ["run.jsonc", "run.json"])
def test_json_may_hold_comments_and_a_last_comma(name: str) -> None:
    (root,) = Config(JSONC.encode(), name).tree.documents
    assert plain(root) == {"lr": "1e-3", "url": "http://x/*y*/", "batch_size": "32"}
    found = compare(JSONC, JSONC.replace("1e-3", "1e-4").replace("32", "16"), name)
    assert found.word == "warning"
    assert found.asked[0].region.start.row == 3


SHELL = """\
#!/bin/bash
#SBATCH --gres=gpu:1
set -e
LR=1e-3
export BATCH="32"
SEEDS="1 2 3"
cat <<EOF
--lr 5 --batch_size 7
EOF
torchrun --nproc_per_node=8 train.py \\
    --lr $LR --batch-size=${BATCH} --amp \\
    --epochs ${EPOCHS:-10} --out "runs/$NAME"   # comment --lr 3
for seed in $SEEDS; do
    python main.py optim.lr=0.1 seed=$seed +trainer.max_epochs=20 2>&1 | tee log.txt
done
python main.py optim.lr=0.5 data=cifar
"""


def shell(*replacements: tuple[str, str]) -> Any:
    new = SHELL
    for old, by in replacements:
        assert old in new
        new = new.replace(old, by)
    return compare(SHELL, new, "run.sh")


def test_each_command_of_a_shell_script_is_a_run() -> None:
    tree = Config(SHELL.encode(), "run.sh").tree
    assert tree.names == ("train.py", "main.py, command 1", "main.py, command 2")
    assert plain(tree.documents[0]) == {
        "--nproc_per_node": "8", "--lr": "1e-3", "--batch-size": "32", "--amp": "true",
        "--epochs": "10", "--out": "runs/$NAME",
    }  # fmt: skip
    assert shell(("=0.1", "=0.2"), ("--amp", "")).word == "quiet"
    assert shell(("LR=1e-3", "LR=1e-4"), ("=0.1", "=0.2")).word == "quiet"
    both = shell(("LR=1e-3", "LR=1e-4"), ('"32"', '"16"'))
    assert both.word == "warning"
    assert "run.sh (train.py)" in both.asked[0].question


@pytest.mark.parametrize(
    "replacement",
    [
        ("--lr $LR", "--lr 0.001"), ("--lr $LR", "--lr=$LR"), ("$LR", '"${LR}"'),
        ("lr 5", "lr 6"), ("--lr 3", "--lr 4"), ('SEEDS="1 2 3"', 'SEEDS="4"'),
        ("\\\n    --epochs", "--epochs"), ("runs/$NAME", "out/$NAME"),
    ],
)  # fmt: skip
def test_another_way_to_write_a_command_changes_no_variable(replacement: tuple[str, str]) -> None:
    assert shell(replacement).counted == []


def test_what_the_shell_works_out_is_not_known() -> None:
    found = shell(("LR=1e-3", "LR=$(cat lr.txt)"), ('"32"', '"16"'))
    assert found.counted == ["batch"]
    assert shell(("--lr $LR", "--lr $1"), ('"32"', '"16"')).counted == ["batch"]
    assert shell(("LR=1e-3", "if x; then LR=1e-4; fi"), ('"32"', '"16"')).counted == ["batch"]


@settings(max_examples=300, deadline=None)
@given(
    st.text("ab-= \"'$(){}`\\\n#;|&<>01.", max_size=80),
    st.sampled_from(["a.sh", "a.toml", "a.jsonc", "a.py"]),
)
def test_no_text_raises_anything_but_the_clear_line(text: str, name: str) -> None:
    from triptych_lint.configdiff.nodes import ConfigError

    try:
        found = compare(text, text, name)
    except ConfigError:
        return
    assert found.changed == {}


def test_places_of_values_are_those_of_their_text() -> None:
    for name, text in (("a.toml", TOML), ("a.sh", SHELL), ("a.json", JSONC)):
        config = Config(text.encode(), name)
        for root in config.tree.documents:
            for leaf in scalars(root):
                found = config.source.text[leaf.span.start : leaf.span.end]
                lines = [leaf.text, *leaf.text.splitlines()]
                derived = leaf.origin or leaf.text in ("true", "10")
                assert derived or any(line in found for line in lines)


def scalars(node: Node) -> list[Scalar]:
    if isinstance(node, Scalar):
        return [node]
    inner = node.entries.values() if isinstance(node, Table) else node.items
    return [leaf for value in inner for leaf in scalars(value)]


def test_commands_are_matched_by_what_they_have_in_common() -> None:
    line = "python train.py --model big --fold {} --seed {} --lr {} --bs 8\n"
    old = line.format(0, 10, 0.1) + line.format(1, 11, 0.1) + line.format(2, 12, 0.1)
    new = "#" + line.format(0, 10, 0.1) + line.format(2, 12, 0.1) + line.format(3, 13, 0.2)
    found = compare(old, new, "run.sh")
    assert [run.section for run in found.file.runs] == ["train.py, command 2"]
    moved = compare(
        old, old.replace("--fold 1 --seed 11 --lr 0.1", "--fold 1 --seed 11 --lr 1"), "run.sh"
    )
    assert [run.section for run in moved.file.runs] == ["train.py, command 2"]
    assert moved.counted == ["lr"]


def test_another_fold_with_its_seed_is_another_run() -> None:
    old = "python train.py --fold 1 --seed 11 --lr 0.1 --epochs 50\n"
    assert compare(old, old.replace("1 --seed 11", "2 --seed 12"), "run.sh").word == "quiet"
    new = old.replace("1 --seed 11", "2 --seed 12").replace("50", "75")
    (asked,) = compare(old, new, "run.sh").asked
    assert "new baseline" in asked.question
