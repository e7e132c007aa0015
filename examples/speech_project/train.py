"""Recognise four spoken words: ``python train.py --epochs 20``. The corpus is in ``corpus.py``."""

import argparse

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, random_split

from corpus import WORDS, SpokenWords, set_seed


def build_model(bins: int, hidden: int) -> nn.Module:
    return nn.Sequential(
        nn.Linear(bins, hidden),
        nn.ReLU(),
        nn.Dropout(0.2),
        nn.Linear(hidden, len(WORDS)),
    )


def grad_norm(model: nn.Module) -> float:
    squares = [p.grad.pow(2).sum() for p in model.parameters() if p.grad is not None]
    return torch.stack(squares).sum().sqrt().item()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--hidden", type=int, default=64)
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=3)
    args = parser.parse_args()
    set_seed(args.seed)

    corpus = SpokenWords()
    n_test = len(corpus) // 5
    train_set, test_set = random_split(corpus, [len(corpus) - n_test, n_test])
    train_loader = DataLoader(train_set, batch_size=32, shuffle=True)
    test_loader = DataLoader(test_set, batch_size=256)

    model = build_model(bins=corpus[0]["spectrum"].numel(), hidden=args.hidden)
    optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)
    for epoch in range(1, args.epochs + 1):
        model.train()
        for batch in train_loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(batch["spectrum"]), batch["word"])
            loss.backward()
            norm = grad_norm(model)
            optimizer.step()
        print(f"epoch {epoch}: loss {loss.item():.4f}  gradient norm {norm:.3f}")

    model.eval()
    with torch.no_grad():
        hits = [model(b["spectrum"]).argmax(1) == b["word"] for b in test_loader]
    print(f"accuracy on held-out recordings {torch.cat(hits).float().mean():.3f}")


if __name__ == "__main__":
    main()
