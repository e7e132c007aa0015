"""Which keys stand for which variable."""

from __future__ import annotations

from collections import Counter

import pytest

from triptych_lint.catalog import read_yaml
from triptych_lint.configdiff.variables import load, snake_case


@pytest.mark.parametrize(
    ("key", "axis"),
    [
        ("learningRate", "lr"), ("--batch-size", "batch"), ("TRAIN.BASE_LR", "lr"),
        ("optimizer.type", "optimizer"), ("optim._target_", "optimizer"),
        ("optimizer.params.betas", "optimizer"), ("optimizer.scheduler.type", "schedule"),
        ("scheduler.gamma", "schedule"), ("gamma", "loss"), ("trainer.max_epochs", "length"),
        ("lr_config.step", "schedule"), ("model.head.dropout", "regularisation"),
        ("model.name", "model"), ("dataset.name", "data"), ("criterion.weight", "loss"),
        ("trainer.gradient_clip_val", "clip"), ("fp16.enabled", "precision"),
        ("text_encoder_lr", "lr"), ("lr.value", "lr"), ("decoder_embed_dim", "model"),
        ("name", None), ("eval.batch_size", None), ("data.val.batch_size", None),
        ("trainer.callbacks.patience", None), ("dataloader.num_workers", None),
        ("train_data_dir", None), ("per_device_eval_batch_size", None), ("wandb.lr", None),
        ("save_steps", None), ("batch_size_val", None), ("jobs.train.steps", None),
        ("label_key", None), ("version", None), ("type", None),
    ],
)  # fmt: skip
def test_a_key_stands_for(key: str, axis: str | None) -> None:
    found = load().key(tuple(key.split("."))).axis
    assert (found.name if found else None) == axis


@pytest.mark.parametrize(
    ("name", "snake"),
    [("batchSize", "batch_size"), ("LRScheduler", "lr_scheduler"), ("--lr-decay", "lr_decay"),
     ("_target_", "_target_"), ("N_epochs", "n_epochs"), ("beta1", "beta1"), ("?", "")],
)  # fmt: skip
def test_names_are_compared_in_snake_case(name: str, snake: str) -> None:
    assert snake_case(name) == snake


def test_known_and_unknown_keys_are_told_apart() -> None:
    assert load().key(("output_dir",)).known
    assert not load().key(("my_own_invention",)).known


def test_the_catalogue_gives_each_key_one_meaning() -> None:
    data = read_yaml("variables.yaml")
    keys = [
        key
        for group in data["groups"]
        for key in (*group["keys"], *group.get("identity", {}).get("keys", ()))
    ]
    sections = [
        (section, key)
        for group in data["groups"]
        for section in group.get("under", {}).get("sections", ())
        for key in group["under"]["keys"]
    ]
    assert [key for key, count in Counter(keys).items() if count > 1] == []
    assert [pair for pair, count in Counter(sections).items() if count > 1] == []
    assert set(keys) & set(data["excluded"]["keys"]) == set()
    assert all(isinstance(key, str) and key == snake_case(key) for key in keys)
    assert len(keys) >= 300
