"""Where to read on: by the framework of the script, in one line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from support import UNSEEDED, Run

from triptych_lint.mentor.skills import skill_for
from triptych_lint.mentor.words import read
from triptych_lint.rule import all_rules

Lint = Callable[..., Run]


@pytest.mark.parametrize(
    ("text", "skill"),
    [
        ("import torch\n", "pytorch-internals"),
        ("import torch\nimport torch.distributed as dist\n", "distributed-training"),
        ("from torch.nn.parallel import DistributedDataParallel\n", "distributed-training"),
        ("import torch\nfrom transformers import Trainer\n", "huggingface-transformers"),
        ("from transformers import AutoModel\nfrom trl import PPOTrainer\n", "rlhf"),
        ("import jax\nimport optax\n", "jax"),
        ("def main():\n    import flax.linen as nn\n", "jax"),
        ("import keras\n", None),
        ("from sklearn.svm import SVC\n", None),
        ("import torchmetrics  # import torch\n", None),
    ],
)  # fmt: skip
def test_the_framework_decides(text: str, skill: str | None) -> None:
    assert skill_for(text) == skill


def test_the_full_report_ends_with_one_quiet_line(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(UNSEEDED)
    (tmp_path / "tune.py").write_text(
        UNSEEDED.replace("import torch\n", "import torch\nfrom transformers import AutoModel\n", 1)
    )
    out = lint().out
    line = "deeper: the skills pytorch-internals and huggingface-transformers"
    assert out.count("deeper") == 1
    assert out.index(line) < out.index("Found 2 questions")


def test_json_names_it_with_each_finding(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(UNSEEDED)
    (found,) = json.loads(lint("--output-format", "json").out)
    assert found["skill"] == "pytorch-internals"


def test_rules_name_skills_that_there_are() -> None:
    known = {entry["skill"] for entry in read("skills.yaml")["skills"]}
    assert {rule.skill for rule in all_rules().values() if rule.skill} <= known
