"""A file is replaced at once, or stays as it was."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from triptych_lint.atomic import write_atomically

posix = pytest.mark.skipif(sys.platform == "win32", reason="modes and links of POSIX")


@posix
@pytest.mark.parametrize("mode", [0o644, 0o755, 0o600, 0o664])
def test_a_file_keeps_its_mode_and_nothing_is_left_beside_it(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "train.py"
    path.write_bytes(b"old")
    path.chmod(mode)
    write_atomically(path, b"new\r\n")
    assert path.read_bytes() == b"new\r\n"
    assert path.stat().st_mode & 0o7777 == mode
    assert os.listdir(tmp_path) == ["train.py"]


@posix
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "train.py").write_bytes(b"old")
    (tmp_path / "link.py").symlink_to("chain.py")
    (tmp_path / "chain.py").symlink_to(Path("real") / "train.py")
    write_atomically(tmp_path / "link.py", b"new")
    assert (tmp_path / "link.py").is_symlink()
    assert (tmp_path / "real" / "train.py").read_bytes() == b"new"
    assert os.listdir(tmp_path / "real") == ["train.py"]


@posix
def test_a_read_only_file_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    path.write_bytes(b"old")
    path.chmod(0o444)
    with pytest.raises(PermissionError) as caught:
        write_atomically(path, b"new")
    assert caught.value.strerror == "it is read-only"
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["train.py"]


@posix
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write anywhere")
def test_a_file_in_a_read_only_folder_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "train.py"
    path.parent.mkdir()
    path.write_bytes(b"old")
    path.parent.chmod(0o555)
    try:
        with pytest.raises(PermissionError) as caught:
            write_atomically(path, b"new")
    finally:
        path.parent.chmod(0o755)
    assert caught.value.strerror == "its folder is read-only"
    assert path.read_bytes() == b"old"


def test_a_file_that_has_vanished_is_not_made_anew(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "gone.py", b"new")
    assert os.listdir(tmp_path) == []


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="not a regular file"):
        write_atomically(tmp_path, b"new")


@posix
def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """A real limit on file sizes, in a process of its own."""
    (tmp_path / "train.py").write_bytes(b"old")
    program = (
        "import resource, signal; from pathlib import Path;"
        "from triptych_lint.atomic import write_atomically;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024));"
        "write_atomically(Path('train.py'), b'x' * 100_000)"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", program], cwd=tmp_path, capture_output=True, text=True
    )
    assert "File too large" in done.stderr
    assert (tmp_path / "train.py").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["train.py"]


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[set[bytes]]:
    """Reads ``train.py`` over and over; holds all contents that it came to see."""
    seen: set[bytes] = set()
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            seen.add((tmp_path / "train.py").read_bytes())

    (tmp_path / "train.py").write_bytes(b"a" * 100_000)
    thread = threading.Thread(target=read)
    thread.start()
    yield seen
    stop.set()
    thread.join()


@posix
def test_who_reads_meanwhile_sees_the_old_bytes_or_the_new(
    tmp_path: Path, reader: set[bytes]
) -> None:
    versions = [bytes([letter]) * 100_000 for letter in b"abcdefgh"]
    for version in versions * 3:
        write_atomically(tmp_path / "train.py", version)
    assert reader <= set(versions)
