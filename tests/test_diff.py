"""What changed, for people and for ``patch``."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from notebooks import notebook

from triptych_lint.diff import unified_diff
from triptych_lint.model import Edit, Span
from triptych_lint.source import Source


def script(text: str) -> Source:
    return Source.from_bytes(text.encode(), "train.py")


@pytest.mark.skipif(not shutil.which("patch"), reason="needs patch")
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\nb\nc\n", "a\nx\nc\n"),
        ("a\nb\nc", "a\nb\nd"),
        ("a\nb", "a\nb\n"),
        ("a\r\nb\r\n", "a\r\nx\r\nb\r\n"),
        ("a\x0c\u2028\nb\n", "a\x0c\u2028\nc\n"),
        ("", "a\n"),
    ],
)
def test_a_diff_can_be_applied(tmp_path: Path, before: str, after: str) -> None:
    (tmp_path / "train.py").write_bytes(before.encode())
    diff = unified_diff(script(before), after.encode())
    subprocess.run(["patch", "--binary", "-s"], input=diff.encode(), cwd=tmp_path, check=True)
    assert (tmp_path / "train.py").read_bytes() == after.encode()


def test_no_change_gives_no_diff() -> None:
    assert unified_diff(script("a\n"), b"a\n") == ""


def test_a_diff_of_old_mac_newlines_has_lines() -> None:
    assert unified_diff(script("a\rb\r"), b"a\rc\r").splitlines()[-3:] == [" a", "-b", "+c"]


def test_each_changed_cell_has_a_diff_of_its_own() -> None:
    source = notebook("%time a\nold", "b", "old")
    spans = [Span(m, m + 3) for m in (8, len(source.text) - 3)]
    after = source.apply([Edit(span, "new") for span in spans])
    assert unified_diff(source, after) == (
        "--- train.ipynb:cell 1\n+++ train.ipynb:cell 1\n@@ -1,2 +1,2 @@\n %time a\n-old\n+new\n"
        "--- train.ipynb:cell 3\n+++ train.ipynb:cell 3\n@@ -1 +1 @@\n-old\n+new\n"
    )
