"""The benchmark itself: pins, unpacking, labels and the arithmetic on them. Offline and quick."""

from __future__ import annotations

import ast
import hashlib
import io
import json
import re
import sys
import tarfile
import zipfile
from collections import Counter
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
sys.path.append(str(BENCHMARKS))

from artefacts import Artefact, ArtefactError, fetch, pinned, sources, unpack  # noqa: E402
from judgement import (  # noqa: E402
    Expectation,
    Expected,
    Finding,
    Script,
    Spot,
    Verdict,
    precision,
    read_expected,
    read_findings,
    read_verdicts,
    recall,
)
from parsing import ParseCount, is_training_code  # noqa: E402
from speed import take_turns  # noqa: E402

SCRIPT = Script("demo", "train.py")


def sdist(folder: Path, files: dict[str, str]) -> Path:
    archive = folder / "demo-1.0.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
    return archive


def artefact(archive: Path) -> Artefact:
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    return Artefact("demo", archive.name, digest, archive.stat().st_size, "demo")


def finding(line: str, code: str = "TRP301", script: Script = SCRIPT) -> Finding:
    return Finding(Spot(script, line, code), "Did we look?")


def expected(lines: str, code: str = "TRP301", what: Expectation = Expectation.ASK) -> Expected:
    return Expected(SCRIPT, frozenset(lines.split("|")) - {""}, code, what, "")


class TestPins:
    def test_there_are_a_dozen_packages_each_pinned_once_by_a_full_hash(self) -> None:
        pins = pinned()
        assert len(pins) >= 12
        assert len({pin.package for pin in pins}) == len({pin.file for pin in pins}) == len(pins)
        assert all(re.fullmatch(r"[0-9a-f]{64}", pin.sha256) for pin in pins)
        assert all(pin.file.endswith((".whl", ".tar.gz")) for pin in pins)


class TestUnpacking:
    def test_code_is_kept_below_the_root_and_the_rest_left_out(self, tmp_path: Path) -> None:
        files = {
            "demo-1.0/train.py": "x = 1\n",
            "demo-1.0/a/b.ipynb": "{}",
            "demo-1.0/data.bin": "",
        }
        archive = sdist(tmp_path, files)
        pin = artefact(archive)
        assert unpack(pin, archive, tmp_path) == 2
        found = [path.relative_to(pin.root(tmp_path)) for path in sources(pin.root(tmp_path))]
        assert found == [Path("a/b.ipynb"), Path("train.py")]

    def test_a_wheel_is_unpacked_as_well(self, tmp_path: Path) -> None:
        archive = tmp_path / "demo-1.0-py3-none-any.whl"
        with zipfile.ZipFile(archive, "w") as wheel:
            wheel.writestr("demo/train.py", "x = 1\n")
        pin = artefact(archive)
        assert unpack(pin, archive, tmp_path) == 1
        assert (pin.root(tmp_path) / "demo/train.py").read_text() == "x = 1\n"

    def test_what_is_unpacked_is_not_fetched_again(self, tmp_path: Path) -> None:
        archive = sdist(tmp_path, {"demo-1.0/train.py": ""})
        pin = artefact(archive)
        unpack(pin, archive, tmp_path)
        archive.unlink()
        assert fetch(pin, tmp_path) == "already there"

    def test_a_file_with_another_hash_is_refused(self, tmp_path: Path) -> None:
        archive = sdist(tmp_path, {"demo-1.0/train.py": ""})
        pin = artefact(archive)
        archive.write_bytes(archive.read_bytes() + b"\0")
        with pytest.raises(ArtefactError, match="not the pinned file"):
            unpack(pin, archive, tmp_path)

    def test_a_member_that_leads_outside_leaves_nothing_behind(self, tmp_path: Path) -> None:
        archive = sdist(tmp_path, {"demo-1.0/train.py": "", "../outside.py": "x = 1\n"})
        pin = artefact(archive)
        data = tmp_path / "data"
        data.mkdir()
        with pytest.raises(ArtefactError, match="cannot be unpacked"):
            unpack(pin, archive, data)
        assert list(data.iterdir()) == []
        assert not (tmp_path / "outside.py").exists()


class TestLabels:
    def test_each_script_read_beforehand_says_once_that_the_rest_is_quiet(self) -> None:
        rows = read_expected()
        quiet = Counter(row.script for row in rows if row.code == "*")
        assert len(quiet) >= 70
        assert quiet.keys() == {row.script for row in rows}
        assert set(quiet.values()) == {1}

    def test_each_question_expected_names_a_rule_and_its_lines(self) -> None:
        for row in read_expected():
            if row.code == "*":
                assert row.expectation is Expectation.QUIET, row
                continue
            assert re.fullmatch(r"TRP\d{3}", row.code), row
            assert row.expectation is not Expectation.QUIET, row
            pattern = r"\d+:\d+" if row.script.path.endswith(".ipynb") else r"\d+"
            assert row.lines, row
            assert all(re.fullmatch(pattern, line) for line in row.lines), row

    def test_labels_speak_of_pinned_packages_only(self) -> None:
        packages = {pin.package for pin in pinned()}
        assert {row.script.package for row in read_expected()} <= packages
        assert {spot.script.package for spot in read_verdicts()} <= packages


class TestRecall:
    def test_any_of_the_named_lines_will_do(self) -> None:
        result = recall([finding("12")], [expected("10|12")])["TRP301"]
        assert (result.expected, result.found, result.missed) == (1, 1, [])

    def test_a_question_at_another_line_counts_once_and_is_listed(self) -> None:
        rows = [expected("10"), expected("20")]
        result = recall([finding("99")], rows)["TRP301"]
        assert (result.found, result.elsewhere, result.missed) == (1, [rows[0]], [rows[1]])

    def test_a_question_without_a_label_is_a_false_alarm_in_labelled_scripts_only(self) -> None:
        other = finding("7", script=Script("demo", "never_read.py"))
        quiet = expected("", "*", Expectation.QUIET)
        result = recall([finding("7"), other], [quiet])["TRP301"]
        assert result.false_alarms == [finding("7")]

    def test_where_asking_is_as_good_as_silence_nothing_counts(self) -> None:
        row = expected("10", what=Expectation.EITHER)
        for asked in ([], [finding("10")]):
            result = recall(asked, [row])["TRP301"]
            assert (result.expected, result.found, result.false_alarms) == (0, 0, [])


def test_precision_counts_verdicts_and_what_has_none() -> None:
    asked = [finding("1"), finding("2"), finding("3")]
    verdicts = {asked[0].spot: Verdict.TRUE, asked[1].spot: Verdict.FALSE}
    counts = precision(asked, verdicts)["TRP301"]
    assert counts == {Verdict.TRUE: 1, Verdict.FALSE: 1, None: 1}


def test_a_line_of_a_notebook_is_told_with_its_cell(tmp_path: Path) -> None:
    record = {"code": "TRP201", "question": "Did we seed?", "filename": "a.ipynb"}
    place = {"cell": 3, "location": {"row": 4, "column": 1}}
    report = tmp_path / "report.json"
    report.write_text(json.dumps([record | place]))
    assert read_findings(report, "demo")[0].spot == Spot(Script("demo", "a.ipynb"), "3:4", "TRP201")


def test_training_code_is_told_by_its_imports_not_by_its_words() -> None:
    assert is_training_code(b"def run():\n    from torch.nn import Linear\n")
    assert not is_training_code(b'"""Nothing of torch is imported here."""\nimport os\n')


def test_parses_are_counted_only_while_asked_to() -> None:
    with ParseCount() as parsed:
        ast.parse("x = 1\n")
    ast.parse("x = 1\n")
    assert parsed.count == 1


def test_measured_jobs_take_turns() -> None:
    order: list[str] = []
    seconds = take_turns({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 2)
    assert order == ["a", "b", "a", "b"]
    assert [len(each) for each in seconds.values()] == [2, 2]
