"""Which seeds a ``state.md`` names, and which file is the project's."""

from __future__ import annotations

from pathlib import Path

import pytest

from triptych_lint.statefile import find, seeds

NAMED = {
    "- Seeds: 7 (train.py:12)": (7,),
    "- seed = 1234": (1234,),
    "We used seed 5.": (5,),
    "- seeds 0, 1, 2, 42": (0, 1, 2, 42),
    "`torch.manual_seed(9)`": (9,),
    "random seed is 3": (3,),
}


@pytest.mark.parametrize("line", NAMED)
def test_numbers_after_the_word_are_seeds(line: str, tmp_path: Path) -> None:
    file = tmp_path / "state.md"
    file.write_text(f"# Goal\n\n{line}\n")
    named = seeds(file)
    assert named is not None
    assert (set(named.seeds), named.line) == (set(NAMED[line]), 3)


@pytest.mark.parametrize("line", ["We seed everything.", "12 seeds per pod", "", "seeded in 2024"])
def test_other_words_about_seeds_name_none(line: str, tmp_path: Path) -> None:
    file = tmp_path / "state.md"
    file.write_text(line)
    assert seeds(file) is None


def test_the_file_is_found_above_the_script_and_not_beyond_the_repository(tmp_path: Path) -> None:
    (tmp_path / "state.md").touch()
    project = tmp_path / "project"
    script = project / "src" / "train.py"
    script.parent.mkdir(parents=True)
    assert find(script) == tmp_path / "state.md"
    (project / ".git").mkdir()
    assert find(script) is None
    (project / "workspace" / "research").mkdir(parents=True)
    (project / "workspace" / "research" / "state.md").touch()
    assert find(script) == project / "workspace" / "research" / "state.md"
