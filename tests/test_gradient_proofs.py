"""What the gradient rules say, and what their fixes do, proven by running."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from fixtures import SETTINGS
from triptych_lint.engine import lint_source
from triptych_lint.fixer import fix_source
from triptych_lint.project import Project
from triptych_lint.source import Source

pytestmark = pytest.mark.proof

HEAD = """
import hashlib
import torch
from torch import nn

torch.manual_seed(0)
x, y = torch.randn(64, 4), torch.randn(64, 1)
model = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
"""
TAIL = """
weights = nn.utils.parameters_to_vector(model.parameters()).detach().float().numpy()
print("digest:", hashlib.sha256(weights.tobytes()).hexdigest())
"""
HEALTHY = "nn.functional.mse_loss(model(x).float(), y)"
SUSPECTS = "loss, initialisation or precision?"


def _run(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    script = folder / "script.py"
    script.write_text(text)
    return subprocess.run([sys.executable, str(script)], capture_output=True, text=True)


def _lines(text: str, folder: Path, start: str) -> list[str]:
    run = _run(text, folder)
    assert run.returncode == 0, run.stderr
    return [line for line in run.stdout.splitlines() if line.startswith(start)]


def _digest(text: str, folder: Path) -> str:
    return _lines(text, folder, "digest:")[-1]


def _fixed(text: str, codes: list[str]) -> str:
    source = Source.from_bytes(text.encode(), "script.py")
    result = fix_source(source, lambda s: lint_source(s, SETTINGS, Project()), unsafe=True)
    assert sorted(d.code for d in result.fixed) == codes
    assert not result.problems
    return result.data.decode()


# TRP301 to TRP303: the norm is seen, and a run that is broken stops on its first step.

LOOPS = {
    "nothing looks (TRP301)": (
        ["TRP301"],
        """
for step in range(20):
    optimizer.zero_grad()
    loss = LOSS
    loss.backward()
    optimizer.step()
""",
    ),
    "nothing looks, in a loop that logs (TRP301)": (
        ["TRP301"],
        """
for step in range(20):
    optimizer.zero_grad()
    loss = LOSS
    loss.backward()
    optimizer.step()
    if step % 5 == 0:
        print(f"step {step} loss {loss.item():.4f}")
""",
    ),
    "nothing looks, in a loop that logs before its step (TRP301)": (
        ["TRP301"],
        """
for step in range(20):
    optimizer.zero_grad()
    loss = LOSS
    loss.backward()
    print(f"loss {loss.item():.4f}")
    optimizer.step()
""",
    ),
    "a closure computes the gradients (TRP301)": (
        ["TRP301"],
        """
optimizer = torch.optim.LBFGS(model.parameters(), lr=0.1)


def closure():
    optimizer.zero_grad()
    loss = LOSS
    loss.backward()
    return loss


for step in range(5):
    optimizer.step(closure)
""",
    ),
    "the clip is dropped beside a log (TRP303, then TRP302)": (
        ["TRP302", "TRP303"],
        """
for step in range(20):
    optimizer.zero_grad()
    loss = LOSS
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    if step % 5 == 0:
        print("step %d loss %.4f" % (step, loss.item()))
""",
    ),
    "the norm is only shown (TRP302)": (
        ["TRP302"],
        """
for step in range(20):
    optimizer.zero_grad()
    loss = LOSS
    loss.backward()
    norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    print(f"loss {loss.item():.4f} norm {norm:.4f}")
""",
    ),
}
BROKEN = {
    "log of zero in the loss": (
        "",
        "torch.log((model(x) - model(x)).abs()).mul(0).sum() + " + HEALTHY,
    ),
    "exploding initialisation": ("[nn.init.constant_(p, 1e30) for p in model.parameters()]", None),
    "overflow of float16": ("model.half(); x = x.half() * 4e4; y = y.half()", None),
}


@pytest.mark.parametrize(("codes", "loop"), LOOPS.values(), ids=LOOPS.keys())
def test_a_healthy_run_is_as_it_was(codes: list[str], loop: str, tmp_path: Path) -> None:
    text = HEAD + loop.replace("LOSS", HEALTHY) + TAIL
    assert _digest(text, tmp_path) == _digest(_fixed(text, codes), tmp_path)


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
@pytest.mark.parametrize(("codes", "loop"), LOOPS.values(), ids=LOOPS.keys())
def test_a_broken_run_stops_on_its_first_step_and_names_the_suspects(
    codes: list[str], loop: str, broken: tuple[str, str | None], tmp_path: Path
) -> None:
    before, loss = broken
    text = HEAD + before + "\n" + loop.replace("LOSS", loss or HEALTHY) + TAIL
    assert _run(text, tmp_path).returncode == 0  # trains to its end on nothing but NaN
    run = _run(_fixed(text, codes), tmp_path)
    assert run.returncode != 0
    assert SUSPECTS in run.stderr
    assert "loss" not in run.stdout


REPORTS = {
    "print, one string": 'print(f"loss {loss.item():.4f}")',
    "print, several values": 'print("loss", loss.item(), flush=True)',
    "logging": 'log.info("loss %.4f", loss.item())',
    "logging, formatted": 'log.info(f"loss {loss.item():.4f}")',
}


@pytest.mark.parametrize("line", REPORTS.values(), ids=REPORTS.keys())
def test_the_log_shows_the_norm_of_the_clip(line: str, tmp_path: Path) -> None:
    head = HEAD + (
        "import logging\nimport sys\n"
        'logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(message)s")\n'
        "log = logging.getLogger(__name__)\n"
    )
    text = (
        f"""{head}
for step in range(3):
    optimizer.zero_grad()
    loss = {HEALTHY}
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 0.5)
    optimizer.step()
    {line}
"""
        + TAIL
    )
    fixed = _fixed(text, ["TRP302", "TRP303"])
    assert _digest(text, tmp_path) == _digest(fixed, tmp_path)
    shown = _lines(fixed, tmp_path, "loss")
    assert len(shown) == 3
    assert all("grad_norm" in row and float(row.split()[-1]) > 0 for row in shown)


# Under a gradient scaler a healthy run may overflow while the scale calibrates.

SCALED = """
scaler = torch.amp.GradScaler("cpu", init_scale=2.0**24)
for step in range(40):
    optimizer.zero_grad()
    with torch.autocast("cpu", dtype=torch.float16):
        loss = LOSS
    scaler.scale(loss).backward()
    CLIP
    before = scaler.get_scale()
    scaler.step(optimizer)
    scaler.update()
    print("skipped" if scaler.get_scale() < before else "taken")
"""
SUMMED = "(model(x).float() - y).pow(2).sum()"
ORDERS = {
    "no clip": (["TRP301"], "pass"),
    "norm shown": (
        ["TRP302"],
        "scaler.unscale_(optimizer)\n"
        "    norm = nn.utils.clip_grad_norm_(model.parameters(), 1e9)\n"
        "    print('norm', norm)",
    ),
}


@pytest.mark.parametrize(("codes", "clip"), ORDERS.values(), ids=ORDERS.keys())
def test_the_guard_lets_a_scaler_calibrate(codes: list[str], clip: str, tmp_path: Path) -> None:
    text = HEAD + SCALED.replace("LOSS", SUMMED).replace("CLIP", clip) + TAIL
    assert _lines(text, tmp_path, "skipped")  # or nothing is proven
    assert _lines(text, tmp_path, "taken")
    assert _digest(text, tmp_path) == _digest(_fixed(text, codes), tmp_path)


@pytest.mark.parametrize(("codes", "clip"), ORDERS.values(), ids=ORDERS.keys())
def test_the_guard_stops_what_no_scale_can_help(
    codes: list[str], clip: str, tmp_path: Path
) -> None:
    planted = "(model(x) - model(x)).float().pow(2).sum().sqrt()"
    text = HEAD + SCALED.replace("LOSS", planted).replace("CLIP", clip) + TAIL
    run = _run(_fixed(text, codes), tmp_path)
    assert run.returncode != 0
    assert SUSPECTS in run.stderr
    assert "taken" not in run.stdout


# TRP304: the norm before unscale_ is another one.


def test_a_norm_before_unscale_includes_the_scale(tmp_path: Path) -> None:
    loop = SCALED.replace("2.0**24", "64.0").replace("LOSS", SUMMED)
    clip = (
        "norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)\n    print('norm', norm.item())"
    )
    text = HEAD + loop.replace("CLIP", clip) + TAIL
    fixed = _fixed(text, ["TRP302", "TRP304"])
    scaled = float(_lines(text, tmp_path, "norm")[0].split()[1])
    true = float(_lines(fixed, tmp_path, "norm")[0].split()[1])
    assert scaled == pytest.approx(64 * true, rel=1e-2)
    assert _digest(text, tmp_path) != _digest(fixed, tmp_path)


# TRP305: a clip after the step, before backward, or once per epoch does nothing.

MISPLACED = {
    "after the step": """
for step in range(10):
    optimizer.zero_grad()
    loss = LOSS
    loss.backward()
    optimizer.step()
    CLIP
""",
    "before backward": """
for step in range(10):
    optimizer.zero_grad()
    loss = LOSS
    CLIP
    loss.backward()
    optimizer.step()
""",
    "once per epoch": """
for epoch in range(2):
    for step in range(5):
        optimizer.zero_grad()
        loss = LOSS
        loss.backward()
        optimizer.step()
    CLIP
""",
}
CLIP = "nn.utils.clip_grad_norm_(model.parameters(), 1e-3)"


@pytest.mark.parametrize("loop", MISPLACED.values(), ids=MISPLACED.keys())
def test_a_misplaced_clip_does_nothing_until_it_is_moved(loop: str, tmp_path: Path) -> None:
    settings = ["TRP301", "TRP305"]
    text = HEAD + loop.replace("LOSS", HEALTHY)
    with_clip = text.replace("CLIP", CLIP) + TAIL
    without = text.replace("CLIP", "pass") + TAIL
    assert _digest(with_clip, tmp_path) == _digest(without, tmp_path)
    assert _digest(_fixed(with_clip, settings), tmp_path) != _digest(without, tmp_path)


# TRP306: gradients add up.


def test_gradients_add_up_until_they_are_zeroed(tmp_path: Path) -> None:
    text = HEAD + (
        f"""
for group in optimizer.param_groups:
    group["lr"] = 0.0
for step in range(3):
    loss = {HEALTHY}
    loss.backward()
    norm = torch.nn.utils.get_total_norm([p.grad for p in model.parameters()])
    assert norm.isfinite()
    print("norm", norm.item())
    optimizer.step()
"""
        + TAIL
    )
    grown = [float(line.split()[1]) for line in _lines(text, tmp_path, "norm")]
    assert grown == pytest.approx([grown[0], 2 * grown[0], 3 * grown[0]])
    zeroed = [float(row.split()[1]) for row in _lines(_fixed(text, ["TRP306"]), tmp_path, "norm")]
    assert zeroed == [grown[0]] * 3
