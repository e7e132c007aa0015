"""Behaviour, proven by running: epochs that repeat their numbers differ after the fix."""

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

RUN = """
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Noise(Dataset):
    def __len__(self):
        return 8

    def __getitem__(self, index):
        return torch.tensor([index, np.random.normal()], dtype=torch.float32)


def main():
    torch.manual_seed(0)
    np.random.seed(0)
    model = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
    loader = DataLoader(Noise(), batch_size=4, LOADER)
    for epoch in range(3):
        SEED
        seen = []
        for batch in loader:
            seen += batch[:, COLUMN].tolist()
            loss = model(batch).pow(2).mean()
            optimizer.zero_grad()
            loss.backward()
            norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            assert torch.isfinite(norm)
            optimizer.step()
        print("epoch:", seen)


if __name__ == "__main__":
    main()
"""
CASES = {
    "TRP206": {
        "LOADER": "num_workers=2, worker_init_fn=lambda i: np.random.seed(42 + i)",
        "SEED": "pass",
        "COLUMN": "1",
    },
    "TRP208": {"LOADER": "shuffle=True", "SEED": "torch.manual_seed(7)", "COLUMN": "0"},
}


def _epochs(script: Path) -> list[str]:
    run = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=180)
    assert run.returncode == 0, run.stderr
    return [line for line in run.stdout.splitlines() if line.startswith("epoch:")]


@pytest.mark.parametrize("code", CASES)
def test_epochs_repeat_before_the_fix_and_differ_after(code: str, tmp_path: Path) -> None:
    text = RUN
    for word, written in CASES[code].items():
        text = text.replace(word, written)
    plain = tmp_path / "plain.py"
    plain.write_text(text)
    assert len(set(_epochs(plain))) == 1

    result = fix_source(
        Source.read(plain), lambda s: lint_source(s, SETTINGS, Project()), unsafe=True
    )
    assert code in [d.code for d in result.fixed]
    fixed = tmp_path / "fixed.py"
    fixed.write_bytes(result.data)
    assert len(set(_epochs(fixed))) == 3
