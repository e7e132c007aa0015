"""Recognise hand gestures from muscle activity: ``python train.py --epochs 10``."""

import argparse

import torch
import torch.nn.functional as F
from torch import nn

from helpers import CHANNELS, GESTURES, batches, make_windows, set_seed


class GestureNet(nn.Module):
    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.encoder = nn.Conv1d(CHANNELS, hidden, kernel_size=9, stride=2)
        self.dropout = nn.Dropout(0.2)
        self.head = nn.Linear(hidden, len(GESTURES))

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        energy = self.encoder(windows).pow(2).mean(2).add(1e-3).log()
        return self.head(self.dropout(energy))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--hidden", type=int, default=32)
    parser.add_argument("--lr", type=float, default=5e-3)
    parser.add_argument("--seed", type=int, default=8)
    args = parser.parse_args()

    set_seed(args.seed)
    windows, labels = make_windows(per_gesture=200, length=120)
    held_out = torch.arange(len(labels)) % 5 == 0
    model = GestureNet(args.hidden)
    optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)

    for epoch in range(1, args.epochs + 1):
        model.train()
        for inputs, targets in batches(windows[~held_out], labels[~held_out], batch_size=32):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(inputs), targets)
            loss.backward()
            norm = nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimizer.step()
        print(f"epoch {epoch}: loss {loss.item():.4f}  gradient norm {norm.item():.3f}")

    model.eval()
    with torch.no_grad():
        hits = model(windows[held_out]).argmax(1) == labels[held_out]
    print(f"held-out windows recognised: {hits.float().mean():.3f}")


if __name__ == "__main__":
    main()
