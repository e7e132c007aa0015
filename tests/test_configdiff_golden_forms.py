"""The golden changes in the forms in which they were really made: Python, shell, several runs.

The values are those of public commits; the files around them are ours.
"""

from __future__ import annotations

import pytest
from configdiff_support import compare

CONSTANTS = """\
import torch
from torch import optim

max_steps = 500_000
lr = 0.0015
opt = 'sgd'
lr_stepsize = 1000
lr_dec = 0.98
batch_size = 2

model = torch.nn.Conv3d(1, 2, 3)
optimizer = optim.SGD(model.parameters(), lr=lr, weight_decay=0.5e-4, momentum=0.9)
"""


def test_constants_of_a_training_script() -> None:
    new = CONSTANTS.replace("0.0015", "0.0004").replace("0.98", "0.999")
    new = new.replace("batch_size = 2", "batch_size = 1").replace("'sgd'", "'adam'")
    new = new.replace("optim.SGD", "optim.Adam").replace(", momentum=0.9", "")
    found = compare(CONSTANTS, new, "train.py")
    assert found.word == "warning"
    assert found.counted == ["lr", "optimizer", "batch", "schedule"]
    (asked,) = found.asked
    assert asked.question.startswith("Four things move at once in train.py: lr 0.0015 to 0.0004")


SHAKESPEARE = """\
import time
out_dir = 'out-shakespeare'
eval_interval = 200
wandb_log = False # feel free to turn on
wandb_run_name = 'ft-' + str(time.time())
compile_model = False
dataset = 'shakespeare'
init_from = 'gpt2-xl'
batch_size = 1
block_size = 512
learning_rate = 1e-5
max_iters = 1000
decay_lr = False
"""


def test_globals_of_a_config_that_is_executed() -> None:
    new = SHAKESPEARE.replace("1e-5", "3e-5").replace("1000", "20").replace("= 200", "= 5")
    new = new.replace("block_size = 512\n", "gradient_accumulation_steps = 32\n")
    found = compare(SHAKESPEARE, new, "config/finetune_shakespeare.py")
    assert found.word == "note"
    assert found.counted == ["lr", "length"]


LAUNCH = """\
export OMP_NUM_THREADS=4

python train_d.py -m {model} -b 100 -w 24 -d ../data --optimizer {opt} -lr {lr} -wd 1e-5\\
  --schedule cos --seed 101 --epochs 75 --modification-type-loss {loss} 1.\\
  --checkpoint ../runs/model.pth
"""


def test_options_of_a_launch_command() -> None:
    old = LAUNCH.format(model="rgb_b6", opt="RAdam", lr="1e-3", loss="ce")
    assert compare(old, old.replace("1e-3", "3e-4"), "run.sh").word == "quiet"
    both = compare(old, old.replace("1e-3", "3e-4").replace("75", "40"), "run.sh")
    assert both.word == "note"
    assert both.counted == ["lr", "length"]
    three = old.replace("1e-3", "3e-4").replace("RAdam", "SGD")
    assert compare(old, three, "run.sh").word == "warning"


def test_commands_of_one_script_are_never_added_up() -> None:
    old = LAUNCH.format(model="a", opt="Adam", lr="1e-3", loss="ce") * 2
    head, mark, tail = old.rpartition("python")
    new = head.replace("1e-3", "1e-4") + mark + tail.replace("-b 100", "-b 50")
    assert compare(old, new, "run.sh").word == "quiet"


SPEEDRUN = """\
from dataclasses import dataclass

@dataclass
class Hyperparameters:
    train_files = "data/train_*.bin"
    batch_size: int = 8 * 64
    num_iterations: int = {n}
    cooldown_iters: int = {c}
    weight_decay: float = 0
    val_loss_every: int = {v}
"""


@pytest.mark.parametrize(("old", "new"), [((9000, 3000), (6000, 2000)), ((1750, 640), (1550, 600))])
def test_a_cooldown_that_shrinks_with_the_run(old: tuple[int, int], new: tuple[int, int]) -> None:
    texts = [SPEEDRUN.format(n=n, c=c, v=n // 10) for n, c in (old, new)]
    found = compare(*texts, "train_gpt.py")
    assert found.word == "quiet"
    assert found.counted == ["length"]
    assert found.ties == {"schedule": "length"}


TUNED = """\
{env}:
  env_wrapper: rl_zoo3.wrappers.HistoryWrapper
  n_envs: 8
  n_timesteps: !!float {steps}
  policy: 'MlpPolicy'
  batch_size: {batch}
  n_steps: 512
  gamma: {gamma}
  learning_rate: {lr}
"""


def test_saved_parameters_of_a_search_are_asked_about_run_by_run() -> None:
    def runs(**values: object) -> str:
        hopper = TUNED.format(env="Hopper", steps="1e6", batch=64, gamma=0.99, lr="lin_3e-4")
        fixed = {"steps": "1e6", "batch": 64, "gamma": 0.99, "lr": "2.5e-4"}
        return hopper + TUNED.format(env="Walker2D", **(fixed | values))

    found = compare(runs(), runs(batch=128, gamma=0.98, lr="3e-5"), "ppo.yml")
    assert found.word == "warning"
    assert "ppo.yml (Walker2D)" in found.asked[0].question
    assert compare(runs(), runs(gamma=0.98), "ppo.yml").word == "quiet"


def test_a_seed_that_becomes_a_reference_has_not_changed() -> None:
    old = "global_seed: 17\ntrain_loader: {dataset: {shuffle_seed: 17}}\nseed: 17\nlr: 1\n"
    new = old.replace("\nseed: 17", "\nseed: ${global_seed}").replace("lr: 1", "lr: 2")
    found = compare(old, new)
    assert found.word == "quiet"
    assert found.changed == {"lr": "changed"}


# What is no value of one run


@pytest.mark.parametrize("unset", ["null", "None", "-1", "auto"])
def test_a_value_that_is_found_elsewhere_is_not_counted(unset: str) -> None:
    old = "lr: 0.3\nbatch_size: 32\n"
    new = f"lr: {unset}\nbatch_size: 16\n"
    assert compare(old, new).counted == ["batch"]


def test_lists_of_choices_are_a_search() -> None:
    old = "grid = {'solver': ['adam'], 'learning_rate': ['constant'], 'batch_size': [8, 16]}\n"
    new = "grid = {'solver': ['adam', 'sgd'], 'learning_rate': ['adaptive'], 'batch_size': [8]}\n"
    found = compare(old, new, "search.py")
    assert found.word == "quiet"
    assert set(found.changed.values()) == {"unresolved"}


@pytest.mark.parametrize("section", ["val_loader", "test_cfg", "eval_args", "train_val"])
def test_sections_of_evaluation_go_by_their_words(section: str) -> None:
    old = f"lr: 1\n{section}: {{batch_size: 8}}\n"
    assert compare(old, old.replace("8", "16").replace("lr: 1", "lr: 2")).counted == ["lr"]


def test_a_model_that_was_not_named_before_is_no_new_baseline() -> None:
    old = "model_name: null\nlr: 1e-5\n"
    assert compare(old, "model_name: gpt2\nlr: 1.41e-5\n").word == "quiet"


def test_a_table_of_bounds_is_a_search_space() -> None:
    old = "meta = {'lr0': (1, 1e-5, 0.1), 'momentum': (0.3, 0.6, 0.98), 'mixup': (1, 0.0, 1.0),\n"
    old += "        'weight_decay': (1, 0.0, 0.001), 'warmup_epochs': (1, 0.0, 5.0)}\n"
    new = old.replace("(1, ", "(False, ")
    assert compare(old, new, "train.py").counted == []
