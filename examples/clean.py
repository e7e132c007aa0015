"""Predict the energy use of a building from the weather and the hour of the day.

    python clean.py --seed 4

A year of readings is generated; the last two months are held out.
"""

import argparse

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from sklearn.preprocessing import StandardScaler
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

FEATURES = ["outdoor", "wind", "hour_sin", "hour_cos", "weekend"]


def make_readings(seed: int, days: int = 365) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    when = pd.date_range("2025-01-01", periods=24 * days, freq="h")
    season = -np.cos(2 * np.pi * when.day_of_year / 365)
    readings = pd.DataFrame({"when": when})
    readings["outdoor"] = 11 + 9 * season + rng.normal(0, 3, len(when))
    readings["wind"] = rng.weibull(2, len(when)) * 5
    readings["hour_sin"] = np.sin(2 * np.pi * when.hour / 24)
    readings["hour_cos"] = np.cos(2 * np.pi * when.hour / 24)
    readings["weekend"] = (when.day_of_week >= 5).astype(float)
    heating = np.clip(18 - readings["outdoor"], 0, None) * (3 + 0.2 * readings["wind"])
    office = 40 * (1 - readings["weekend"]) * np.clip(-readings["hour_cos"], 0, None)
    readings["kwh"] = 30 + heating + office + rng.normal(0, 4, len(when))
    return readings


def to_dataset(features: np.ndarray, target: np.ndarray) -> TensorDataset:
    return TensorDataset(
        torch.tensor(features, dtype=torch.float32),
        torch.tensor(target, dtype=torch.float32).unsqueeze(1),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=4)
    args = parser.parse_args()
    torch.manual_seed(args.seed)

    readings = make_readings(args.seed)
    past = readings[readings["when"] < "2025-11-01"]
    future = readings[readings["when"] >= "2025-11-01"]

    scaler = StandardScaler().fit(past[FEATURES])
    mean, spread = past["kwh"].mean(), past["kwh"].std()
    train_set = to_dataset(
        scaler.transform(past[FEATURES]), ((past["kwh"] - mean) / spread).to_numpy()
    )
    loader = DataLoader(train_set, batch_size=128, shuffle=True)

    model = nn.Sequential(nn.Linear(len(FEATURES), 48), nn.ReLU(), nn.Linear(48, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)
    for epoch in range(1, args.epochs + 1):
        for features, target in loader:
            optimizer.zero_grad()
            loss = F.mse_loss(model(features), target)
            loss.backward()
            norm = nn.utils.clip_grad_norm_(model.parameters(), max_norm=10.0)
            optimizer.step()
        print(f"epoch {epoch}: loss {loss.item():.4f}  gradient norm {norm:.3f}")

    with torch.no_grad():
        inputs = torch.as_tensor(scaler.transform(future[FEATURES]), dtype=torch.float32)
        predicted = model(inputs).squeeze(1).numpy() * spread + mean
    error = np.abs(predicted - future["kwh"].to_numpy()).mean()
    print(f"mean error in November and December: {error:.1f} kWh")


if __name__ == "__main__":
    main()
