"""Fit a network to the diabetes table, the way a careful colleague would.

    python seeded_regression.py --seed 7

Every stream that is drawn from is seeded first, what is learnt from rows is learnt from the
training rows, and the norm of the gradient is reported with the loss. Nothing is asked here.
"""

import argparse
import random

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def seed_everything(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def to_dataset(X: np.ndarray, y: np.ndarray) -> TensorDataset:
    return TensorDataset(
        torch.as_tensor(X, dtype=torch.float32), torch.as_tensor(y, dtype=torch.float32)
    )


def load_data(seed: int) -> tuple[TensorDataset, TensorDataset]:
    X, y = load_diabetes(return_X_y=True, scaled=False)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=seed)
    scaler = StandardScaler().fit(X_train)
    centre, spread = y_train.mean(), y_train.std()
    return (
        to_dataset(scaler.transform(X_train), (y_train - centre) / spread),
        to_dataset(scaler.transform(X_test), (y_test - centre) / spread),
    )


def train(
    model: nn.Module, loader: DataLoader, optimizer: torch.optim.Optimizer
) -> tuple[float, float]:
    """One epoch: the mean loss, and the largest norm of the gradient."""
    model.train()
    losses, norms = [], []
    for X, y in loader:
        optimizer.zero_grad()
        loss = F.mse_loss(model(X).squeeze(1), y)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), max_norm=5.0)
        if not torch.isfinite(norm):
            raise FloatingPointError("gradient is not finite: loss, initialisation or precision?")
        optimizer.step()
        losses.append(loss.detach())
        norms.append(norm)
    return torch.stack(losses).mean().item(), torch.stack(norms).max().item()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--lr", type=float, default=3e-3)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    seed_everything(args.seed)

    train_set, test_set = load_data(args.seed)
    loader = DataLoader(train_set, batch_size=32, shuffle=True)
    model = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, 1))
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.lr, weight_decay=0.01)

    for epoch in range(1, args.epochs + 1):
        loss, norm = train(model, loader, optimizer)
        if epoch % 10 == 0:
            print(f"epoch {epoch:2d}: loss {loss:.4f}  gradient norm up to {norm:.2f}")

    model.eval()
    X, y = test_set.tensors
    with torch.no_grad():
        error = F.mse_loss(model(X).squeeze(1), y)
    print(f"share of the variance explained on held-out patients: {1 - error / y.var():.3f}")


if __name__ == "__main__":
    main()
