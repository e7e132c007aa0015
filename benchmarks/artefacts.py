"""Pinned PyPI artefacts: fetched once, checked by hash, unpacked without building anything."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import tarfile
import tempfile
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
PINS = HERE / "corpus.tsv"
DATA = HERE / ".data"
INDEX = "https://pypi.org/simple"
SIMPLE_JSON = "application/vnd.pypi.simple.v1+json"
TIMEOUT = 120
"""Seconds that a server may stay silent."""

KEPT = {".py", ".ipynb", ".yaml", ".yml", ".toml", ".json"}
"""Suffixes of the files that are unpacked: code, and the configurations beside it."""


class ArtefactError(Exception):
    """An artefact that cannot be had as pinned; the message is one line."""


@dataclass(frozen=True, slots=True)
class Artefact:
    """One pinned wheel or sdist; ``size`` is in bytes."""

    package: str
    file: str
    sha256: str
    size: int
    style: str

    def root(self, data: Path = DATA) -> Path:
        """The folder that the paths in the label tables count from."""
        tree = data / self.package
        top = tree / self.file.removesuffix(".tar.gz")
        return top if self.file.endswith(".tar.gz") and top.is_dir() else tree

    def is_unpacked(self, data: Path = DATA) -> bool:
        mark = _mark(self, data)
        return mark.is_file() and mark.read_text("utf-8") == self.sha256


def pinned(pins: Path = PINS) -> list[Artefact]:
    """The artefacts of the table ``pins``, in its order."""
    with pins.open(encoding="utf-8", newline="") as table:
        return [
            Artefact(row["package"], row["file"], row["sha256"], int(row["bytes"]), row["style"])
            for row in csv.DictReader(table, delimiter="\t")
        ]


def fetch(artefact: Artefact, data: Path = DATA) -> str:
    """Download and unpack what is not there yet; returns what was done, in a few words.

    Raises ArtefactError, and OSError when the network or the disk fails.
    """
    if artefact.is_unpacked(data):
        return "already there"
    archive = data / "downloads" / artefact.file
    if not archive.is_file() or _sha256(archive) != artefact.sha256:
        _download(artefact, archive)
    kept = unpack(artefact, archive, data)
    return f"unpacked {kept} files"


def unpack(artefact: Artefact, archive: Path, data: Path) -> int:
    """Lay the kept files of ``archive`` under ``data``; returns how many they are.

    The tree appears as a whole or not at all, and nothing of the archive is run.
    """
    if _sha256(archive) != artefact.sha256:
        raise ArtefactError(f"{archive.name} is not the pinned file (its sha256 differs)")
    with tempfile.TemporaryDirectory(dir=data) as scratch:
        fresh = Path(scratch) / "tree"
        fresh.mkdir()
        try:
            kept = _extract(archive, fresh)
        except (tarfile.TarError, zipfile.BadZipFile) as error:
            raise ArtefactError(f"{archive.name} cannot be unpacked ({error})") from error
        tree = data / artefact.package
        shutil.rmtree(tree, ignore_errors=True)
        fresh.rename(tree)
    _mark(artefact, data).write_text(artefact.sha256, "utf-8")
    return kept


def sources(root: Path) -> Iterator[Path]:
    """Every Python file and notebook below ``root``, in a fixed order."""
    yield from sorted(p for p in root.rglob("*") if p.suffix in {".py", ".ipynb"} and p.is_file())


def _extract(archive: Path, folder: Path) -> int:
    if archive.name.endswith(".tar.gz"):
        with tarfile.open(archive) as tar:
            members = [m for m in tar if m.isreg() and Path(m.name).suffix in KEPT]
            tar.extractall(folder, members=members, filter="data")
        return len(members)
    with zipfile.ZipFile(archive) as wheel:
        names = [name for name in wheel.namelist() if Path(name).suffix in KEPT]
        wheel.extractall(folder, members=names)
    return len(names)


def _download(artefact: Artefact, archive: Path) -> None:
    archive.parent.mkdir(parents=True, exist_ok=True)
    part = archive.with_name(archive.name + ".part")
    with urllib.request.urlopen(_url(artefact), timeout=TIMEOUT) as answer, part.open("wb") as file:
        shutil.copyfileobj(answer, file)
    if _sha256(part) != artefact.sha256:
        part.unlink()
        raise ArtefactError(f"the index served another {archive.name} (its sha256 differs)")
    part.replace(archive)


def _url(artefact: Artefact) -> str:
    """Where the Simple API says that the file lies."""
    page = urllib.request.Request(
        f"{INDEX}/{artefact.package.lower()}/", headers={"Accept": SIMPLE_JSON}
    )
    with urllib.request.urlopen(page, timeout=TIMEOUT) as answer:
        files = json.load(answer)["files"]
    for file in files:
        if file["filename"] == artefact.file:
            url: str = file["url"]
            return url
    raise ArtefactError(f"the index does not list {artefact.file}")


def _mark(artefact: Artefact, data: Path) -> Path:
    """Says which artefact lies unpacked; written last."""
    return data / f"{artefact.package}.sha256"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
