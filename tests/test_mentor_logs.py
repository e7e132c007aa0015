"""Logs as their writers leave them, what stands out in them, and how they are drawn."""

from __future__ import annotations

import contextlib
import json
import math
import os
import struct
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triptych_lint.mentor.logs import wandb_run
from triptych_lint.mentor.logs.curves import curve
from triptych_lint.mentor.logs.reading import read_log
from triptych_lint.mentor.logs.series import Log, Series, UnreadableLog, from_records, role_of
from triptych_lint.mentor.logs.symptoms import symptoms


def log_of(**series: Iterable[float]) -> Log:
    columns = {name: list(values) for name, values in series.items()}
    points = {
        name: Series(name, [(float(step), value) for step, value in enumerate(values)])
        for name, values in columns.items()
    }
    return Log("run", points)


def falling(count: int = 40, start: float = 2.3, rate: float = 0.95) -> list[float]:
    return [start * rate**i for i in range(count)]


def names(log: Log) -> list[str]:
    return [symptom.name for symptom in symptoms(log)]


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("loss", "train_loss"),
        ("train/loss", "train_loss"),
        ("Loss/train", "train_loss"),
        ("train_loss_step", "train_loss"),
        ("val_loss", "valid_loss"),
        ("eval/loss", "valid_loss"),
        ("Loss/valid", "valid_loss"),
        ("grad_norm", "norm"),
        ("train/grad_norm", "norm"),
        ("gradient norm", "norm"),
        ("val_accuracy", "valid_score"),
        ("accuracy", "train_score"),
        ("learning_rate", None),
        ("epoch", None),
        ("train_runtime", None),
    ],
)
def test_curves_are_known_by_their_usual_names(name: str, role: str | None) -> None:
    assert role_of(name) == role


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        (log_of(loss=falling()), []),
        (log_of(loss=[*falling(20), math.nan, math.nan]), ["not_finite"]),
        (log_of(loss=[math.nan] * 10), ["not_finite_first"]),
        (log_of(loss=falling(), grad_norm=[1.0] * 20 + [math.inf] * 20), ["not_finite"]),
        (log_of(loss=[2.0, 1.9, 0.0], grad_norm=[1.0, 1.2, math.nan]), ["zero_beside_nan"]),
        (log_of(loss=[2.3026] * 30), ["flat"]),
        (log_of(loss=[2.3026 + 0.001 * (-1) ** i for i in range(30)]), ["flat"]),
        (log_of(loss=falling(), grad_norm=[1.0] * 39 + [4e4]), ["explodes"]),
        (log_of(loss=falling(), grad_norm=[1.0] * 30 + [0.0] * 10), ["vanishes"]),
        (log_of(loss=falling(), val_loss=falling(start=1.1)), ["better_held_out"]),
        (log_of(loss=falling(), val_loss=falling(start=2.6)), []),
        (log_of(accuracy=falling(9, 0.4, 1.05), val_accuracy=[0.9] * 9), ["better_held_out"]),
        (log_of(accuracy=[0.9] * 9, val_accuracy=[0.8] * 8 + [0.999]), ["too_good"]),
        # Few steps, a slow start that moves later, a warm-up norm: nothing to say.
        (log_of(loss=[2.3, 2.3, 2.3]), []),
        (log_of(loss=[2.3] * 10 + falling(30)), []),
        (log_of(loss=falling(), grad_norm=[9.0, 7.0, 5.0, *[1.0] * 37]), []),
    ],
)
def test_what_stands_out(log: Log, expected: list[str]) -> None:
    assert names(log) == expected


def test_the_step_is_the_one_that_was_logged(tmp_path: Path) -> None:
    rows = [{"step": 10 * i, "loss": 1.0 if i < 5 else math.nan} for i in range(9)]
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (found,) = symptoms(read_log(tmp_path / "log.jsonl"))
    assert (found.name, found.step) == ("not_finite", 50)


def test_trainer_state_as_transformers_writes_it(tmp_path: Path) -> None:
    history = [
        {"epoch": 0.1, "grad_norm": 3.1, "learning_rate": 5e-5, "loss": 2.31, "step": 10},
        {"epoch": 0.2, "grad_norm": math.nan, "learning_rate": 4e-5, "loss": 0.0, "step": 20},
        {"epoch": 0.2, "eval_loss": math.nan, "eval_runtime": 1.2, "step": 20},
        {"epoch": 0.2, "total_flos": 1e9, "train_loss": 1.1, "step": 20},
    ]
    state = {"best_metric": None, "global_step": 20, "log_history": history}
    (tmp_path / "trainer_state.json").write_text(json.dumps(state))
    for path in (tmp_path, tmp_path / "trainer_state.json"):
        log = read_log(path)
        assert names(log)[0] == "zero_beside_nan"
        assert symptoms(log)[0].step == 20


def test_csv_of_lightning_with_its_empty_cells(tmp_path: Path) -> None:
    (tmp_path / "metrics.csv").write_text(
        "epoch,step,train_loss,val_loss\n0,9,2.1,\n0,9,,2.4\n1,19,1.2,\n1,19,,1.9\n"
    )
    log = read_log(tmp_path)
    assert log.series["train_loss"].points == [(9, 2.1), (19, 1.2)]
    assert log.series["val_loss"].points == [(9, 2.4), (19, 1.9)]


@pytest.mark.parametrize("text", ["", "\n", "name,city\nAda,London\n", "{}\n", "[1, 2]", "{\n"])
@pytest.mark.parametrize("name", ["log.csv", "log.jsonl", "log.json", "log", "log.wandb"])
def test_what_holds_no_curve_is_said_so(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UnreadableLog, match=name):
        read_log(tmp_path / name)


@settings(deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["csv", "jsonl", "json", "wandb", "txt"]))
def test_no_bytes_bring_it_down(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, kind: str
) -> None:
    path = tmp_path_factory.getbasetemp() / f"any.{kind}"
    path.write_bytes(b":W&B\xe1\xbe\0" + data if kind == "wandb" else data)
    with contextlib.suppress(UnreadableLog):
        symptoms(read_log(path))


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def message(*fields: tuple[int, bytes | int]) -> bytes:
    return b"".join(
        varint(number << 3) + varint(value)
        if isinstance(value, int)
        else varint(number << 3 | 2) + varint(len(value)) + value
        for number, value in fields
    )


def wandb_file(rows: list[dict[str, object]]) -> bytes:
    """A run's file as wandb writes it: records in blocks of 32 KiB, split where they do not fit."""
    data = b":W&B" + struct.pack("<HB", 0xBEE1, 0)
    for number, row in enumerate(rows):
        items = [
            (1, message((2, key.encode()), (16, json.dumps(value).encode())))
            for key, value in row.items()
        ]
        record = message((1, number), (2, message(*items, (2, message((1, number))))))
        first = True
        while first or record:
            left = 32768 - len(data) % 32768
            if left < 7:
                data += b"\0" * left
                continue
            piece, record = record[: left - 7], record[left - 7 :]
            kind = (1 if first else 4) if not record else (2 if first else 3)
            data += struct.pack("<IHB", 0, len(piece), kind) + piece
            first = False
    return data


def test_an_offline_run_of_wandb_with_records_across_blocks(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"train/loss": 2.3 - i / 100, "table": "x" * 3000 * (i % 9), "nested": {"loss": 1.0}}
        for i in range(120)
    ]
    (tmp_path / "run-a1.wandb").write_bytes(wandb_file(rows))
    log = read_log(tmp_path)
    assert log.series["train/loss"].points == [(i, 2.3 - i / 100) for i in range(120)]
    assert len(log.series["nested/loss"].points) == 120


def test_a_run_of_wandb_itself_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wandb = pytest.importorskip("wandb")
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_SILENT", "true")
    with wandb.init(project="digits", dir=str(tmp_path)) as run:
        for i in range(12):
            run.log({"train": {"loss": math.nan if i == 7 else 1 / (i + 1)}, "grad_norm": float(i)})
    log = read_log(next(tmp_path.rglob("*.wandb")).parent)
    assert [len(series.points) for series in log.roles.values()] == [12, 12]
    assert names(log) == ["not_finite"]


def test_tensorboard_events_are_read(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(str(tmp_path)) as writer:
        for step, value in enumerate(falling()):
            writer.add_scalar("Loss/train", value, step)
            writer.add_scalar("Loss/valid", value / 2, step)
    assert names(read_log(tmp_path)) == ["better_held_out"]


def test_without_tensorboard_it_says_what_is_missing(tmp_path: Path) -> None:
    try:
        import tensorboard  # noqa: F401
    except ImportError:
        (tmp_path / "events.out.tfevents.1").write_bytes(b"")
        with pytest.raises(
            UnreadableLog, match=r"needs the package tensorboard.*triptych-lint\[logs\]"
        ):
            read_log(tmp_path)
    else:
        pytest.skip("TensorBoard is here")


numbers = st.floats(allow_nan=True, allow_infinity=True, width=32)


@settings(deadline=None)
@given(st.lists(numbers, max_size=70), st.booleans())
def test_a_curve_is_as_wide_and_high_as_it_was_asked_for(
    values: list[float], unicode: bool
) -> None:
    rows = curve(Series("loss", list(enumerate(values))), 30, 3, unicode=unicode)
    assert {len(row) for row in rows} == {30}
    assert len(rows) == 3 or not unicode


def test_a_falling_curve_falls() -> None:
    rows = curve(Series("loss", list(enumerate(range(60, 0, -1)))), 30, 2, unicode=True)
    assert rows[0].rstrip("\u2800 ") == rows[0][: len(rows[0].rstrip("\u2800 "))]
    assert rows[0][0] != "\u2800"
    assert rows[0][-1] == "\u2800"
    assert rows[1][-1] != "\u2800"


def test_numbers_that_are_none_are_left_out() -> None:
    with pytest.raises(UnreadableLog):
        from_records("log", "CSV", [{"loss": "?"}, {"loss": True}, {"loss": None}])


def test_the_fields_of_a_message_end_where_it_ends() -> None:
    assert list(wandb_run._fields(b"\x0a\xff\xff\xff\xff\x0f")) == [(1, b"")]


def test_of_several_runs_in_a_folder_the_last_is_read(tmp_path: Path) -> None:
    for number, name in enumerate(["checkpoint-10", "checkpoint-20", "checkpoint-5"]):
        folder = tmp_path / "out" / name
        folder.mkdir(parents=True)
        history = [{"step": step, "loss": float(number)} for step in range(3)]
        (folder / "trainer_state.json").write_text(json.dumps({"log_history": history}))
        os.utime(folder / "trainer_state.json", (number, number))
    log = read_log(tmp_path / "out")
    assert log.path.endswith("checkpoint-5/trainer_state.json")
    assert log.series["loss"].values == [2.0, 2.0, 2.0]


def test_a_folder_without_a_log_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("loss went down")
    with pytest.raises(UnreadableLog, match="is no log that can be read"):
        read_log(tmp_path)
