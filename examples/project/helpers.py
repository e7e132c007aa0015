"""What the training scripts of this project share."""

import random
from collections.abc import Iterator

import torch

GESTURES = ("rest", "fist", "wave", "pinch")
CHANNELS = 4


def set_seed(seed: int) -> None:
    """Make the run reproducible."""
    random.seed(seed)


def make_windows(per_gesture: int, length: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Windows of muscle activity, one channel per electrode, and the gesture of each."""
    activity = torch.tensor(
        [[0.1, 0.1, 0.1, 0.1], [1.0, 0.8, 0.6, 0.9], [0.9, 0.2, 0.7, 0.2], [0.2, 0.9, 0.2, 0.6]]
    )
    windows, labels = [], []
    for gesture in range(len(GESTURES)):
        strength = activity[gesture] * (0.6 + 0.8 * torch.rand(per_gesture, 1))
        burst = torch.randn(per_gesture, CHANNELS, length)
        windows.append(burst * strength.unsqueeze(2) + 0.3 * torch.randn_like(burst))
        labels.append(torch.full((per_gesture,), gesture))
    return torch.cat(windows), torch.cat(labels)


def batches(
    windows: torch.Tensor, labels: torch.Tensor, batch_size: int
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    order = list(range(len(labels)))
    random.shuffle(order)
    for start in range(0, len(order), batch_size):
        rows = order[start : start + batch_size]
        yield windows[rows], labels[rows]
