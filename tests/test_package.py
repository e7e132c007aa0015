"""However it is installed, the same rules arrive."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

pytestmark = pytest.mark.slow

CHECKOUT = Path(__file__).resolve().parents[1]


def run(*command: str | Path, cwd: Path) -> str:
    """Standard output; nothing of this checkout is on the path."""
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, env=kept)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", folder, CHECKOUT, cwd=folder)
    return folder


def rules(*command: str | Path, cwd: Path) -> dict[str, str]:
    """Codes and names of the rules that an installation lists."""
    out = run(*command, "rule", "--all", "--output-format", "json", cwd=cwd)
    return {record["code"]: record["name"] for record in json.loads(out)}


def installed(folder: Path, *what: str | Path) -> Path:
    """The Python of a new environment with ``what`` installed."""
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    run(python, "-m", "pip", "install", "--quiet", *what, cwd=folder)
    return python


def test_wheel_editable_and_checkout_list_the_same_rules(built: Path, tmp_path: Path) -> None:
    (wheel,) = built.glob("*.whl")
    from_wheel = installed(tmp_path / "wheel", wheel)
    editable = installed(tmp_path / "editable", "--editable", CHECKOUT)
    listed = rules(sys.executable, "-m", "triptych_lint", cwd=CHECKOUT)
    assert "TRP201" in listed
    assert rules(from_wheel, "-m", "triptych_lint", cwd=tmp_path) == listed
    assert rules(editable, "-m", "triptych_lint", cwd=tmp_path) == listed
    script = "import triptych_lint, sys; print(triptych_lint.__file__)"
    assert str(tmp_path) in run(from_wheel, "-c", script, cwd=tmp_path)


def test_a_wheel_made_straight_from_the_checkout_holds_the_same_files(
    built: Path, tmp_path: Path
) -> None:
    run(sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path, CHECKOUT, cwd=tmp_path)
    (direct,), (through_sdist,) = tmp_path.glob("*.whl"), built.glob("*.whl")
    assert names(direct) == names(through_sdist)
    assert "triptych_lint/rules/seeds/trp201_unseeded_rng.py" in names(direct)
    assert "triptych_lint/catalog/torch.yaml" in names(direct)
    assert "triptych_lint/mentor/story/page.css" in names(direct)


def names(wheel: Path) -> list[str]:
    return sorted(ZipFile(wheel).namelist())


def test_the_sdist_holds_what_its_tests_need(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    for name in ("README.md", "LICENSE", "CHANGELOG.md", "tests/test_package.py", "rules"):
        assert any(found == name or found.startswith(f"{name}/") for found in inside), name
    assert not [name for name in inside if "__pycache__" in name]
