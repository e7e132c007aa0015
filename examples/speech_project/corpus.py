"""A small corpus of spoken words: every speaker says each word several times.

The recordings are generated: a word is a pair of formants, a speaker is a pitch and an accent.
"""

import math
import random

import torch
from torch.utils.data import Dataset

WORDS = ("yes", "no", "stop", "go")
FORMANTS = {"yes": (550, 1900), "no": (460, 1100), "stop": (640, 1200), "go": (420, 900)}
RATE = 4000


def set_seed(seed: int) -> None:
    """Make a run repeatable."""
    random.seed(seed)


class SpokenWords(Dataset):
    """Spectra of recordings, with the word that is said and the speaker who says it."""

    def __init__(self, speakers: int = 24, repetitions: int = 6) -> None:
        voices = torch.Generator().manual_seed(11)
        self.recordings: list[tuple[torch.Tensor, int, int]] = []
        for speaker in range(speakers):
            pitch = 90 + 130 * torch.rand(1, generator=voices).item()
            accent = 0.9 + 0.2 * torch.rand(len(WORDS), generator=voices)
            for number, word in enumerate(WORDS):
                for _ in range(repetitions):
                    wave = self._say(word, pitch, accent[number].item(), voices)
                    self.recordings.append((torch.fft.rfft(wave).abs().log1p(), number, speaker))

    @staticmethod
    def _say(word: str, pitch: float, accent: float, voices: torch.Generator) -> torch.Tensor:
        time = torch.arange(RATE // 4) / RATE
        wave = 0.5 * torch.sin(2 * math.pi * pitch * time)
        for formant in FORMANTS[word]:
            wave = wave + torch.sin(2 * math.pi * formant * accent * time)
        return wave + 0.4 * torch.randn(len(time), generator=voices)

    def __len__(self) -> int:
        return len(self.recordings)

    def __getitem__(self, index: int) -> dict[str, torch.Tensor | int]:
        spectrum, word, speaker = self.recordings[index]
        return {"spectrum": spectrum, "word": word, "speaker": speaker}
