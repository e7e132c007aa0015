"""Changes that people really made to their configs, and what is to be asked about each.

The values are those of public commits; the files around them are ours.
"""

from __future__ import annotations

import pytest
from configdiff_support import compare, verdict

BASE = "optimizer: sgd\nlr: 0.1\nbatch_size: 32\nepochs: 100\n"


def test_lr_optimizer_and_batch_together_are_a_warning() -> None:
    found = compare(
        "lr: 0.0015\nopt: sgd\nbs: 2\nlr_dec: 0.98\n",
        "lr: 0.0004\nopt: adam\nbs: 1\nlr_dec: 0.999\n",
    )
    assert found.word == "warning"
    assert found.counted == ["lr", "optimizer", "batch", "schedule"]
    assert "lr 0.0015 to 0.0004, optimizer sgd to adam, bs 2 to 1" in found.asked[0].question


def test_the_question_reads_as_a_mentor_would_say_it() -> None:
    old = "lr: 1e-3\noptimizer: sgd\nbatch_size: 32\n"
    new = "lr: 3e-4\noptimizer: adam\nbatch_size: 16\n"
    assert compare(old, new, "configs/run.yaml").asked[0].question == (
        "Three things move at once in configs/run.yaml: lr 1e-3 to 3e-4, optimizer sgd to adam,"
        " batch 32 to 16. If val_loss changes, which one did it?"
    )


def test_the_question_names_the_metric_that_the_config_watches() -> None:
    watched = BASE + "callbacks:\n  - stopping: {monitor: val_dice}\n"
    moved = watched.replace("sgd", "adam").replace("0.1", "0.01")
    assert "If val_dice changes" in compare(watched, moved).asked[0].question


@pytest.mark.parametrize(
    ("old", "new", "counted"),
    [
        (
            "optimizer: {weight_decay: 0.0, betas: [0.9, 0.999]}\nscheduler: {t_warmup: 5000}\n",
            "optimizer: {weight_decay: 0.1, betas: [0.9, 0.95]}\nscheduler: {t_warmup: 2000}\n",
            ["optimizer", "weight_decay", "schedule"],
        ),
        ("N_epochs: 10\nlr: .004\n", "N_epochs: 15\nlr: .002\n", ["lr", "length"]),
        ("loss: bce\nlr: 1e-3\n", "loss: focal\nlr: 5e-4\n", ["lr", "loss"]),
        (
            "learning_rate: 1e-5\nmax_iters: 1000\nblock_size: 512\n",
            "learning_rate: 3e-5\nmax_iters: 20\ngradient_accumulation_steps: 32\n",
            ["lr", "length"],
        ),
    ],
    ids=["decay-betas-warmup", "epochs-lr", "loss-lr", "lr-iterations"],
)
def test_other_pairs_of_variables_are_a_note(old: str, new: str, counted: list[str]) -> None:
    found = compare(old, new)
    assert found.counted == counted
    assert found.word == "note"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("learning_rate: 0.0001\nbatch_size: 1\n", "learning_rate: 1.0e-4\nbatch_size: 1.0\n"),
        ("lr: 0.8e-4\nepochs: 1_000\n", "lr: 8e-5\nepochs: 1000\n"),
        ("lr: 1e-3\nbatch: 32\n", 'lr: "0.001"\nbatch: 0x20\n'),
        ("seed: 17\nlr: 1\n", "global_seed: 17\nseed: ${global_seed}\nlr: 1\n"),
        (
            "lr: 0.1\nmodel: {dropout: 0.1, width: 64}\n",
            "p: 0.1\nrate: 0.1\nlr: ${rate}\nmodel: {dropout: '${p}', width: 64}\n",
        ),
        ("gradient_accumulation_steps: 40\n", "gradient_accumulation_steps: 5 * 8\n"),
        ("lr: 0.1\nbatch_size: 8\n", "learning_rate: 0.1\ntrain:\n  batch_size: 8\n"),
        ("optimizer: {_target_: old.AdamW}\n", "optimizer: {_target_: torch.optim.AdamW}\n"),
        ("lr: 0.1\nuse_ema: yes\n", "use_ema: true\nlr: 0.1\n"),
        ("grad_clip: None\nlr: 1\n", "grad_clip: null\nlr: 1\n"),
    ],
    ids=[
        "respelled", "exponent", "hexadecimal", "reference", "references", "folded", "renamed",
        "class-path", "truth", "null",
    ],
)  # fmt: skip
def test_what_means_the_same_is_no_change(old: str, new: str) -> None:
    found = compare(old, new)
    assert found.word == "quiet"
    assert "changed" not in found.changed.values()


def test_a_schedule_that_follows_the_length_is_not_a_second_variable() -> None:
    for old, new in [
        ("num_iterations: 9000\ncooldown: 3000\n", "num_iterations: 6000\ncooldown: 2000\n"),
        ("num_iterations: 1750\ncooldown: 640\n", "num_iterations: 1550\ncooldown: 600\n"),
        ("EPOCH: 280\nMILESTONES: [60, 120, 160]\n", "EPOCH: 200\nMILESTONES: [50, 100, 150]\n"),
        ("max_iters: 600000\nlr_decay_iters: 600000\n", "max_iters: 5000\nlr_decay_iters: 5000\n"),
    ]:
        found = compare(old, new)
        assert found.counted == ["length"], old
        assert found.ties == {"schedule": "length"}


def test_another_base_model_is_a_new_baseline_rather_than_an_ablation() -> None:
    old = "model:\n  name: llama2-7b\noptimizer:\n  lr: 3e-4\nbatch_size: 2\n"
    new = "model:\n  name: mistral-7b\noptimizer:\n  lr: 2e-5\nbatch_size: 4\n"
    found = compare(old, new)
    assert found.word == "note"
    assert "Is this a new baseline" in found.asked[0].question
    assert "model.name changes from llama2-7b to mistral-7b in run.yaml" in found.asked[0].question


def test_leaving_the_one_batch_check_is_a_new_baseline() -> None:
    old = "overfit_one_batch: true\nbatch_size: 4\nlr: 1e-3\n"
    found = compare(old, "overfit_one_batch: false\nbatch_size: 128\nlr: 1e-4\n")
    assert found.word == "note"
    assert "new baseline" in found.asked[0].question


def test_a_model_swap_alone_is_one_variable() -> None:
    assert verdict(BASE + "model: resnet18\n", BASE + "model: resnet50\n") == "quiet"


HYPER = """\
atari: &defaults
  n_timesteps: !!float 1e7
  batch_size: 256
  learning_rate: lin_2.5e-4
  ent_coef: 0.01
CartPole-v1:
  n_timesteps: !!float 1e5
  batch_size: 64
  learning_rate: 1e-3
  ent_coef: 0.0
Ant-v4:
  <<: *defaults
  n_timesteps: 1e6
"""


def test_each_section_of_a_file_of_several_runs_is_compared_by_itself() -> None:
    one_each = HYPER.replace("1e-3", "3e-4").replace("n_timesteps: 1e6", "n_timesteps: 2e6")
    assert verdict(HYPER, one_each) == "quiet"
    both = HYPER.replace("1e-3", "3e-4").replace("batch_size: 64", "batch_size: 32")
    found = compare(HYPER, both)
    assert found.word == "warning"
    assert "run.yaml (CartPole-v1)" in found.asked[0].question


def test_a_section_may_have_dots_in_its_name() -> None:
    dotted = HYPER.replace("CartPole-v1", "walker.v1/run")
    both = dotted.replace("1e-3", "3e-4").replace("batch_size: 64", "batch_size: 32")
    assert 'run.yaml ("walker.v1/run")' in compare(dotted, both).asked[0].question


def test_a_change_in_a_shared_anchor_is_asked_about_once() -> None:
    moved = HYPER.replace("batch_size: 256", "batch_size: 128").replace("lin_2.5e-4", "lin_1e-4")
    found = compare(HYPER, moved)
    assert [run.section for run in found.file.runs] == ["atari", "Ant-v4"]
    assert len(found.asked) == 1


def test_batch_times_accumulation_unchanged_is_no_variable() -> None:
    old = "per_device_train_batch_size: 8\ngradient_accumulation_steps: 4\nlr: 1e-4\n"
    new = "per_device_train_batch_size: 4\ngradient_accumulation_steps: 8\nlr: 2e-4\n"
    found = compare(old, new)
    assert found.counted == ["lr"]
    assert found.word == "quiet"


def test_replicas_and_a_new_accumulation_are_part_of_the_product() -> None:
    fewer = compare("batch_size: 8\ndevices: 4\nlr: 1\n", "batch_size: 16\ndevices: 2\nlr: 2\n")
    assert fewer.counted == ["lr"]
    added = compare("batch_size: 32\nlr: 1\n", "batch_size: 16\naccum_steps: 2\nlr: 2\n")
    assert added.counted == ["lr"]


def test_a_fixed_total_batch_makes_the_micro_batch_a_detail() -> None:
    old = "global_batch_size: 64\nmicro_batch_size: 8\nlr: 1e-4\n"
    assert compare(old, old.replace(": 8", ": 4").replace("1e-4", "2e-4")).counted == ["lr"]


@pytest.mark.parametrize(("lr", "reason"), [("0.2", "scaled with the batch"), ("0.1414", "root")])
def test_a_learning_rate_scaled_with_the_batch_is_one_variable(lr: str, reason: str) -> None:
    found = compare(BASE, BASE.replace("0.1", lr).replace("32", "64").replace("sgd", "adam"))
    assert found.counted == ["optimizer", "batch"]
    assert found.ties == {"lr": "batch"}
    assert reason in found.asked[0].question


def test_a_learning_rate_that_is_not_scaled_with_the_batch_is_a_second_variable() -> None:
    assert verdict(BASE, BASE.replace("0.1", "0.05").replace("32", "64")) == "warning"


def test_a_constant_budget_of_samples_is_one_variable() -> None:
    old = "batch_size: 256\nmax_steps: 10000\nwarmup_steps: 500\n"
    new = "batch_size: 512\nmax_steps: 5000\nwarmup_steps: 250\n"
    found = compare(old, new)
    assert found.counted == ["batch"]
    assert found.ties == {"length": "batch", "schedule": "length"}


def test_an_optimizer_brings_its_betas_and_decay_but_not_its_learning_rate() -> None:
    old = "optimizer: {type: sgd, momentum: 0.9, eps: 0, weight_decay: 1e-4}\nlr: 0.1\n"
    new = "optimizer: {type: adamw, momentum: 0.0, eps: 1e-8, weight_decay: 1e-2}\nlr: 0.1\n"
    assert compare(old, new).counted == ["optimizer"]
    assert compare(old, new.replace("lr: 0.1", "lr: 1e-3")).word == "warning"


def test_a_minimum_that_stays_a_tenth_of_the_learning_rate_goes_with_it() -> None:
    found = compare("lr: 6e-4\nmin_lr: 6e-5\n", "lr: 3e-4\nmin_lr: 3e-5\n")
    assert found.counted == ["lr"]


def test_variables_that_refer_to_one_value_are_one() -> None:
    old = "scale: 2\nloss: {weight: '${scale}'}\ndropout: ${scale}\n"
    assert compare(old, old.replace("2", "3")).counted == ["regularisation"]
    apart = "loss: {weight: 2}\ndropout: 2\n"
    assert compare(apart, apart.replace("2", "3")).counted == ["regularisation", "loss"]


def test_ties_never_run_in_a_circle() -> None:
    old = "n: 8\nlr: ${n}\nbatch_size: ${n}\n"
    assert compare(old, old.replace("8", "16")).counted == ["batch"]


def test_what_leads_out_of_the_file_is_listed_and_not_counted() -> None:
    found = compare(BASE, BASE.replace("lr: 0.1", "lr: ${oc.env:LR}").replace("32", "64"))
    assert found.word == "quiet"
    assert found.changed == {"lr": "unresolved", "batch_size": "changed"}


def test_added_and_removed_keys_are_listed_and_not_counted() -> None:
    found = compare(BASE, BASE.replace("lr: 0.1\n", "dropout: 0.3\n").replace("32", "64"))
    assert found.word == "quiet"
    assert found.changed == {"dropout": "added", "lr": "removed", "batch_size": "changed"}


def test_a_key_that_moved_into_a_section_with_another_value_has_changed() -> None:
    old = "lr: 0.1\nbatch_size: 8\n"
    found = compare(old, "optimizer:\n  lr: 0.01\nbatch_size: 4\n")
    assert found.word == "warning"
    assert found.changed == {"optimizer.lr": "changed", "batch_size": "changed"}


def test_a_key_in_another_section_is_another_key() -> None:
    old = "generator: {lr: 0.1}\nbatch_size: 8\nname: x\n"
    found = compare(old, "critic: {lr: 0.2}\nbatch_size: 4\nname: x\n")
    assert found.word == "quiet"
    assert found.changed["critic.lr"] == "added"


def test_parts_of_one_run_are_not_runs() -> None:
    old = "encoder: {lr: 0.1, dropout: 0.1}\ndecoder: {lr: 0.1, dropout: 0.1}\n"
    new = "encoder: {lr: 0.2, dropout: 0.1}\ndecoder: {lr: 0.1, dropout: 0.3}\n"
    assert verdict(old, new) == "note"


@pytest.mark.parametrize(
    "line",
    [
        "run_name: {}", "output_dir: /runs/{}", "num_workers: {}", "logging_steps: {}",
        "eval: {{batch_size: {}}}", "val_dataloader: {{batch_size: {}}}", "eval_batch_size: {}",
        "callbacks: [{{patience: {}}}]", "wandb: {{epochs: {}}}", "devices: {}", "my_own_key: {}",
        "checkpoint: {{epochs: {}}}", "save_steps: {}",
    ],
)  # fmt: skip
def test_what_is_no_variable_never_counts(line: str) -> None:
    old, new = (f"lr: {lr}\n{line.format(value)}\n" for lr, value in (("0.1", 1), ("0.2", 3)))
    assert compare(old, new).counted == ["lr"]


def test_strict_counts_model_data_precision_and_seed() -> None:
    old = BASE + "seed: 1\nprecision: 32\nhidden_size: 64\nimage_size: 224\n"
    new = BASE + "seed: 2\nprecision: 16\nhidden_size: 128\nimage_size: 256\n"
    assert verdict(old, new) == "quiet"
    assert compare(old, new, strict=True).counted == ["precision", "model", "data", "seed"]


@pytest.mark.parametrize(
    "shape",
    [
        "method: bayes\nparameters:\n  lr: {{min: {}}}\n  batch_size: {{value: {}}}\n",
        "search_space:\n  lr: {}\n  batch_size: {}\n",
        "hydra:\n  sweeper:\n    params: {{a: 1}}\nlr: {}\nbatch_size: {}\n",
    ],
)
def test_a_search_space_is_left_alone(shape: str) -> None:
    assert verdict(shape.format(0.1, 32), shape.format(0.5, 64)) == "quiet"


def test_a_recorded_run_is_read_through_its_value_keys() -> None:
    recorded = "lr:\n  desc: null\n  value: {}\nbatch_size:\n  desc: null\n  value: {}\n"
    assert verdict(recorded.format(0.1, 32), recorded.format(0.5, 64)) == "warning"


def test_an_excuse_in_the_file_settles_the_question() -> None:
    new = BASE.replace("0.1", "0.01").replace("sgd", "adam")
    assert verdict(BASE, new) == "warning"
    assert verdict(BASE, new + "# triptych-lint: ignore[TRP501] from the paper\n") == "quiet"
    assert verdict(BASE, new + "# triptych-lint: ignore[TRP201] other\n") == "warning"


def test_deepspeed_json_is_understood() -> None:
    old = """{"train_micro_batch_size_per_gpu": 8,
        "optimizer": {"type": "AdamW", "params": {"lr": 1e-4}}}"""
    new = old.replace("1e-4", "5e-5").replace("AdamW", "Lion")
    found = compare(old, new, "ds.json")
    assert found.word == "warning"
    assert found.counted == ["lr", "optimizer"]


def test_a_swapped_component_of_a_recipe_is_a_new_baseline() -> None:
    old = "model: {{_component_: models.{}}}\noptimizer: {{lr: {}}}\nbatch_size: {}\n"
    found = compare(old.format("llama2.lora_7b", 3e-4, 2), old.format("mistral.full_7b", 2e-5, 4))
    assert found.word == "note"
    assert "new baseline" in found.asked[0].question
