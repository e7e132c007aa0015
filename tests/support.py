"""Scripts that several tests lint, and what a command gave back."""

from __future__ import annotations

from dataclasses import dataclass

UNSEEDED = """\
\"\"\"Train a small classifier on synthetic measurements.\"\"\"

import numpy as np
import torch
from torch import nn


def main():
    torch.manual_seed(0)
    order = np.random.permutation(800)
    features = torch.linspace(0, 1, 800).reshape(800, 1)[order]
    labels = (features > 0.5).long().squeeze()
    model = nn.Linear(1, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for step in range(10):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(features), labels)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0, error_if_nonfinite=True)
        print(step, loss.item(), norm.item())
        optimizer.step()


if __name__ == "__main__":
    main()
"""
"""A script about which exactly one question is asked: nobody seeds numpy (TRP201, line 10)."""

SEEDED = UNSEEDED.replace("torch.manual_seed(0)\n", "torch.manual_seed(0)\n    np.random.seed(0)\n")
"""Its twin, about which nothing is asked."""


@dataclass(frozen=True)
class Run:
    """How a command ended."""

    code: int
    out: str
    err: str
