"""Tell circles, squares and crosses apart in small noisy pictures.

    python train_images.py --epochs 6 --lr 2e-3

The pictures are drawn by the script; a run takes a few seconds on a CPU.
"""

import argparse

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Subset, TensorDataset

SHAPES = ("circle", "square", "cross")
SIDE = 24


def draw(shape: str, centre: torch.Tensor, radius: float) -> torch.Tensor:
    """A picture of SIDE x SIDE pixels: 1 where the outline passes, 0 elsewhere."""
    axis = torch.arange(SIDE, dtype=torch.float32)
    dx, dy = (axis - centre[0]).abs(), (axis[:, None] - centre[1]).abs()
    if shape == "circle":
        outline = ((dx**2 + dy**2).sqrt() - radius).abs() < 0.8
    elif shape == "square":
        outline = (torch.maximum(dx, dy) - radius).abs() < 0.8
    else:
        outline = (torch.minimum(dx, dy) < 0.8) & (torch.maximum(dx, dy) < radius)
    return outline.float()


def make_pictures(n_pictures: int, noise: float) -> TensorDataset:
    pictures, labels = [], []
    for i in range(n_pictures):
        label = i % len(SHAPES)
        centre = SIDE / 2 + 6 * (torch.rand(2) - 0.5)
        radius = 4 + 4 * torch.rand(1).item()
        pictures.append(draw(SHAPES[label], centre, radius) + noise * torch.randn(SIDE, SIDE))
        labels.append(label)
    return TensorDataset(torch.stack(pictures).unsqueeze(1), torch.tensor(labels))


def split(dataset: TensorDataset, valid_fraction: float) -> tuple[Subset, Subset]:
    indices = np.arange(len(dataset))
    np.random.shuffle(indices)
    n_valid = int(valid_fraction * len(dataset))
    return Subset(dataset, indices[n_valid:]), Subset(dataset, indices[:n_valid])


def build_model(width: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, width, 5, stride=2, padding=2),
        nn.ReLU(),
        nn.Conv2d(width, 2 * width, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(2 * width * (SIDE // 4) ** 2, len(SHAPES)),
    )


@torch.no_grad()
def accuracy(model: nn.Module, loader: DataLoader) -> float:
    model.eval()
    hits = [model(pictures).argmax(1) == labels for pictures, labels in loader]
    return torch.cat(hits).float().mean().item()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=1500)
    parser.add_argument("--noise", type=float, default=0.4)
    parser.add_argument("--width", type=int, default=16)
    parser.add_argument("--batch-size", type=int, default=50)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=17)
    args = parser.parse_args()
    torch.manual_seed(args.seed)

    train_set, valid_set = split(make_pictures(args.pictures, args.noise), valid_fraction=0.2)
    train_loader = DataLoader(train_set, args.batch_size, shuffle=True)
    valid_loader = DataLoader(valid_set, batch_size=250)

    model = build_model(args.width)
    optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)
    for epoch in range(1, args.epochs + 1):
        model.train()
        losses = []
        for pictures, labels in train_loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(pictures), labels)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)
            optimizer.step()
            losses.append(loss.item())
        valid = accuracy(model, valid_loader)
        print(f"epoch {epoch}: loss {np.mean(losses):.4f}  valid accuracy {valid:.3f}")


if __name__ == "__main__":
    main()
