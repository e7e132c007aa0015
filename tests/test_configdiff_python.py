"""What a Python script or a notebook sets, read without running it."""

from __future__ import annotations

import json

import pytest
from configdiff_support import Verdict, compare

SCRIPT = '''\
"""Train a classifier."""

import argparse

import torch
from torch import nn, optim
from torch.utils.data import DataLoader

EPOCHS = 30
WEIGHT_DECAY = 1e-4


def loaders(train_set, val_set, batch_size):
    train = DataLoader(train_set, batch_size=64, shuffle=True, num_workers=4)
    val = DataLoader(val_set, batch_size=256)
    return train, val


def main():
    parser = argparse.ArgumentParser()
    group = parser.add_argument_group("model")
    parser.add_argument("--lr", "-l", type=float, default=1e-3, help="learning rate")
    group.add_argument("--dropout", type=float, default=0.1)
    args = parser.parse_args()
    model = nn.Sequential(nn.Linear(3, 4), nn.Dropout(args.dropout))
    best = 0.0
    optimizer = optim.SGD(model.parameters(), lr=args.lr, momentum=0.9, weight_decay=WEIGHT_DECAY)
    scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=10, gamma=0.1)
    for epoch in range(EPOCHS):
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        best = max(best, 0.5)


if __name__ == "__main__":
    main()
'''


def moved(*replacements: tuple[str, str], script: str = SCRIPT) -> Verdict:
    new = script
    for old, by in replacements:
        assert old in new
        new = new.replace(old, by)
    return compare(script, new, "train.py")


@pytest.mark.parametrize(
    ("replacement", "axis"),
    [
        (("EPOCHS = 30", "EPOCHS = 60"), "length"),
        (("default=1e-3", "default=3e-4"), "lr"),
        (("batch_size=64", "batch_size=128"), "batch"),
        (("optim.SGD", "optim.RMSprop"), "optimizer"),
        (("default=0.1", "default=0.3"), "regularisation"),
        (("1e-4", "1e-2"), "weight_decay"),
        (("step_size=10", "step_size=20"), "schedule"),
        (("parameters(), 1.0", "parameters(), 5.0"), "clip"),
    ],
)
def test_each_place_of_a_script_stands_for_its_variable(
    replacement: tuple[str, str], axis: str
) -> None:
    found = moved(replacement)
    assert found.counted == [axis]
    assert found.word == "quiet"
    assert len(found.changed) == 1, "a name that stands for the number is not told again"


def test_two_literals_of_calls_are_asked_about_by_their_own_rule() -> None:
    found = moved(("optim.SGD", "optim.AdamW"), ("batch_size=64", "batch_size=128"))
    assert [asked.code for asked in found.asked] == ["TRP502"]
    assert found.word == "warning"
    assert found.asked[0].question == (
        "Two things move at once in train.py: optimizer SGD to AdamW, batch 64 to 128."
        " If val_loss changes, which one did it?"
    )
    places = {evidence.region.start.row for evidence in found.asked[0].evidence}
    assert places == {14, 27}


def test_constants_and_options_are_a_config() -> None:
    found = moved(("EPOCHS = 30", "EPOCHS = 60"), ("default=1e-3", "default=3e-4"))
    assert [asked.code for asked in found.asked] == ["TRP501"]
    assert found.counted == ["lr", "length"]


@pytest.mark.parametrize(
    "replacement",
    [
        ("weight_decay=WEIGHT_DECAY", "weight_decay=1e-4"),
        ("batch_size=256", "batch_size=512"),
        ("default=1e-3", "default=0.001"),
        ("EPOCHS = 30", "EPOCHS = 3 * 10"),
        ("best = 0.0", "best = -1.0"),
        ("num_workers=4", "num_workers=8"),
        ('help="learning rate"', 'help="step size"'),
        ("lr=args.lr", "lr=find_lr(model)"),
        ("lr=args.lr, momentum=0.9", "momentum=0.9, lr=args.lr"),
    ],
)
def test_what_is_no_other_value_of_a_variable_is_quiet(replacement: tuple[str, str]) -> None:
    assert moved(replacement).counted == []


def test_what_cannot_be_followed_is_listed_and_not_counted() -> None:
    found = moved(("lr=args.lr", "lr=find_lr(model)"), ("batch_size=64", "batch_size=128"))
    assert found.counted == ["batch"]
    assert "unresolved" in found.changed.values()


def test_constants_are_folded_as_in_the_script_that_multiplied_them() -> None:
    old = "gradient_accumulation_steps = 5\nbatch_size = 12\nlr = 6e-4\n"
    old += "gradient_accumulation_steps *= 8\n"
    new = "gradient_accumulation_steps = 5 * 8\nbatch_size = 12\nlr = 6e-4\n"
    assert compare(old, new, "train.py").changed == {}


def test_a_name_set_under_a_condition_is_not_known() -> None:
    old = "lr = 0.1\nif fast:\n    lr = 0.2\nbatch_size = 8\n"
    found = compare(old, old.replace("0.2", "0.3").replace("8", "16"), "train.py")
    assert found.counted == ["batch"]


@pytest.mark.parametrize(
    "config",
    [
        "from dataclasses import dataclass, field\n@dataclass\nclass Config:\n"
        "    lr: float = {lr}\n    batch_size: int = field(default={bs})\n",
        "class CFG:\n    lr = {lr}\n    bs = {bs}\n    name = 'x'\n",
        "class Args:\n    def __init__(self):\n        self.lr = {lr}\n        self.bs = {bs}\n",
        "import ml_collections\ndef get_config():\n    config = ml_collections.ConfigDict()\n"
        "    config.optim = ml_collections.ConfigDict()\n    config.optim.lr = {lr}\n"
        "    config.batch_size = {bs}\n    return config\n",
        "_base_ = ['../base.py']\noptimizer = dict(type='SGD', lr={lr}, momentum=0.9)\n"
        "train_dataloader = dict(batch_size={bs}, num_workers=2)\n",
        "config = {{'lr': {lr}, 'train': {{'batch_size': {bs}}}}}\n",
        "from yacs.config import CfgNode as CN\n_C = CN()\n_C.SOLVER = CN()\n"
        "_C.SOLVER.BASE_LR = {lr}\n_C.SOLVER.IMS_PER_BATCH = {bs}\n",
        "import click\n@click.command()\n@click.option('--lr', default={lr})\n"
        "@click.option('--batch-size', default={bs})\ndef main(lr, batch_size):\n    pass\n",
        "import typer\ndef main(lr: float = typer.Option({lr}), batch_size: int = {bs}):\n"
        "    pass\n",
        "from absl import flags\nflags.DEFINE_float('lr', {lr}, 'rate')\n"
        "flags.DEFINE_integer('batch_size', {bs}, 'size')\n",
        "from detectron2.config import LazyCall as L\nfrom torch.optim import SGD\n"
        "optimizer = L(SGD)(lr={lr})\ndataloader = dict(train=dict(total_batch_size={bs}))\n",
        "def train(lr={lr}, batch_size={bs}, name='x'):\n    pass\n",
        "if __name__ == '__main__':\n    lr, batch_size = {lr}, {bs}\n",
    ],
    ids=[
        "dataclass", "class", "init", "configdict", "base", "dict", "yacs", "click", "typer",
        "absl", "lazy", "parameters", "tuple",
    ],
)  # fmt: skip
def test_each_way_to_write_a_config_in_python_is_read(config: str) -> None:
    old, new = config.format(lr=0.1, bs=32), config.format(lr=0.01, bs=16)
    found = compare(old, new, "config.py")
    assert found.counted == ["lr", "batch"]
    assert found.word == "warning"
    assert found.asked[0].code == "TRP501"
    assert compare(old, config.format(lr=1e-1, bs=16), "config.py").counted == ["batch"]


@pytest.mark.parametrize(
    "call",
    [
        "from transformers import TrainingArguments\n"
        "args = TrainingArguments('out', learning_rate={lr}, per_device_train_batch_size={bs})\n",
        "import lightning as L\nimport torch\nfrom torch.utils.data import DataLoader\n"
        "class Net(L.LightningModule):\n    def configure_optimizers(self):\n"
        "        return torch.optim.Adam(self.parameters(), {lr})\n"
        "def main():\n    loader = DataLoader(data, {bs}, shuffle=True)\n",
        "import tensorflow as tf\nmodel.compile(optimizer=tf.keras.optimizers.Adam({lr}))\n"
        "model.fit(x, y, epochs=3, batch_size={bs})\n",
        "import optax\ntx = optax.adam(learning_rate={lr})\nbatch_size = {bs}\n",
    ],
    ids=["hf", "lightning", "keras", "optax"],
)
def test_arguments_of_libraries_are_read(call: str) -> None:
    found = compare(call.format(lr=0.1, bs=32), call.format(lr=0.01, bs=16), "train.py")
    assert found.counted == ["lr", "batch"]
    assert [asked.code for asked in found.asked] == ["TRP502"]


def test_each_class_is_a_run() -> None:
    old = "class Ppo:\n    lr = 1e-3\n    bs = 64\n\nclass Dqn:\n    lr = 1e-3\n    bs = 64\n"
    new = old.replace("lr = 1e-3", "lr = 3e-4", 1)[:40] + old[40:].replace("bs = 64", "bs = 32")
    assert compare(old, new, "config.py").word == "quiet"


def test_two_functions_that_build_an_optimizer_each_are_two_runs() -> None:
    old = (
        "import torch\ndef sgd(model):\n    return torch.optim.SGD(model.parameters(), lr=0.1)\n"
        "def adam(model):\n    batch_size = 32\n"
        "    return torch.optim.Adam(model.parameters(), lr=1e-3)\n"
    )
    assert compare(old, old.replace("0.1", "0.2").replace("32", "64"), "t.py").word == "quiet"
    both = compare(old, old.replace("1e-3", "2e-4").replace("32", "64"), "t.py")
    assert "(adam())" in both.asked[0].question


def test_the_options_of_each_parser_of_several_are_a_run() -> None:
    old = (
        "import argparse\np = argparse.ArgumentParser()\nsub = p.add_subparsers()\n"
        "pre = sub.add_parser('pre')\npre.add_argument('--lr', default=0.1)\n"
        "tune = sub.add_parser('tune')\ntune.add_argument('--batch-size', default=32)\n"
    )
    assert compare(old, old.replace("0.1", "0.2").replace("32", "64"), "t.py").word == "quiet"


def test_two_optimizers_of_one_run_are_told_apart_by_their_names() -> None:
    old = (
        "import torch\nopt_G = torch.optim.Adam(g.parameters(), lr=2e-4)\n"
        "opt_D = torch.optim.Adam(d.parameters(), lr=2e-4)\nbatch_size = 8\n"
    )
    new = old.replace("d.parameters(), lr=2e-4", "d.parameters(), lr=1e-4")
    found = compare(old, new.replace("8", "4"), "t.py")
    assert found.changed == {"optimizer().[opt_D].lr": "changed", "batch_size": "changed"}


def test_a_local_name_that_is_counted_up_is_no_setting() -> None:
    old = "def main():\n    steps = 0\n    lr = 0.1\n    while True:\n        steps += 1\n"
    assert compare(old, old.replace("steps = 0", "steps = 5"), "t.py").changed == {}


def notebook(*cells: str) -> str:
    made = [
        {"cell_type": "code", "id": f"c{i}", "metadata": {}, "outputs": [],
         "execution_count": None, "source": cell}
        for i, cell in enumerate(cells)
    ]  # fmt: skip
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def test_the_constants_of_a_notebook_are_a_config() -> None:
    old = notebook("%matplotlib inline\nLR = 1e-3", "BATCH_SIZE = 64\n!pip install x")
    new = notebook("%matplotlib inline\nLR = 1e-4", "BATCH_SIZE = 16\n!pip install x")
    found = compare(old, new, "train.ipynb")
    assert found.word == "warning"
    assert found.asked[0].region.cell == 1


def test_a_comment_that_names_no_rule_settles_its_own_line_only() -> None:
    old = "LR = 0.1  # triptych-lint: ignore\nBATCH_SIZE = 8\n"
    new = old.replace("0.1", "0.2").replace("8", "4")
    assert compare(old, new, "train.py").word == "warning"
    assert compare(old, new + "# triptych-lint: ignore[TRP501] paper\n", "t.py").word == "quiet"


def test_names_that_stand_for_ever_more_are_not_followed_for_ever() -> None:
    text = "x = dict(lr=1)\n" + "x = dict(a=x, b=x)\n" * 40
    text += "h = f(lr=1)\n" + "h = g(a=h, b=h, lr=0.1)\n" * 60 + "batch_size = 8\n"
    found = compare(text, text.replace("batch_size = 8", "batch_size = 9"), "t.py")
    assert found.counted == ["batch"]


def test_what_evaluates_has_settings_of_its_own() -> None:
    old = "lr = 0.1\nacc = model.test(z, max_iter=150)\nscore = run_eval(z, batch_size=8)\n"
    new = old.replace("0.1", "0.2").replace("150", "500").replace("8", "16")
    assert compare(old, new, "t.py").counted == ["lr"]


def test_the_epochs_of_a_plain_loop_are_its_length() -> None:
    old = "def main():\n    lr = 0.1\n    for epoch in range(1, 11):\n        print(epoch)\n"
    found = compare(old, old.replace("11", "21").replace("0.1", "0.2"), "t.py")
    assert found.counted == ["lr", "length"]
    named = "EPOCHS = 10\nfor epoch in range(EPOCHS):\n    print(epoch)\n"
    assert compare(named, named.replace("10", "20"), "t.py").changed == {"EPOCHS": "changed"}
    other = old.replace("epoch in range(1, 11)", "epoch in tqdm(range(1, 11))")
    assert compare(other, other.replace("11", "21"), "t.py").counted == []
