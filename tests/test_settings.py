"""Settings: which rules are on, where settings are found, and what a wrong one is told."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from triptych_lint.configfile import SettingsFinder
from triptych_lint.rule import Rule, all_rules
from triptych_lint.selectors import rule_names
from triptych_lint.settings import Settings, SettingsError


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Writes the files of a project into the current folder."""
    monkeypatch.chdir(tmp_path)

    def write(**files: str) -> Path:
        for name, text in files.items():
            path = tmp_path / name.replace("__", "/").replace("_toml", ".toml")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text))
        return tmp_path

    return write


def settings(**table: Any) -> Settings:
    root = Path("/project")
    named = {key.replace("_", "-"): value for key, value in table.items()}
    return Settings(root).updated(named, base=root)


def unseeded_rng() -> Rule:
    return all_rules()["TRP201"]


@pytest.mark.parametrize(
    ("table", "enabled"),
    [
        pytest.param({}, True, id="on by default"),
        pytest.param({"select": ["TRP6"]}, False, id="not selected"),
        pytest.param({"select": ["TRP2"]}, True, id="family by prefix"),
        pytest.param({"select": ["seeds"]}, True, id="family by name"),
        pytest.param({"select": ["unseeded-rng"]}, True, id="rule by name"),
        pytest.param({"select": ["ALL"]}, True, id="ALL"),
        pytest.param({"ignore": ["TRP2"]}, False, id="ignored"),
        pytest.param({"ignore": ["ALL"]}, False, id="ALL ignored"),
        pytest.param({"select": ["TRP201"], "ignore": ["TRP2"]}, True, id="longer select wins"),
        pytest.param({"select": ["TRP2"], "ignore": ["TRP201"]}, False, id="longer ignore wins"),
        pytest.param({"select": ["TRP2"], "ignore": ["TRP2"]}, False, id="a draw goes to ignore"),
        pytest.param({"select": ["TRP6"], "extend_select": ["TRP201"]}, True, id="extended"),
    ],
)
def test_the_longest_selector_decides(table: dict[str, Any], enabled: bool) -> None:
    assert settings(**table).enabled(unseeded_rng()) is enabled


@pytest.mark.parametrize(
    ("table", "enabled"),
    [
        pytest.param({}, False, id="nothing said"),
        pytest.param({"select": ["TRP2"]}, True, id="selected"),
        pytest.param({"extend_select": ["TRP201"]}, True, id="added"),
    ],
)
def test_a_rule_that_is_off_by_default_must_be_asked_for(
    table: dict[str, Any], enabled: bool
) -> None:
    quiet = replace(unseeded_rng(), default=False)
    assert settings(**table).enabled(quiet) is enabled


def test_the_file_of_a_rule_is_called_as_the_rule() -> None:
    """Selectors trust this, so as not to import every rule."""
    rules = all_rules().values()
    assert rule_names() == tuple((rule.code, rule.name, rule.family) for rule in rules)


def test_select_on_the_command_line_forgets_what_the_file_selected_and_ignored(
    project: Callable[..., Path],
) -> None:
    project(triptych_toml='select = ["TRP6"]\nignore = ["TRP201"]\n')
    assert not SettingsFinder().at(".").enabled(unseeded_rng())
    assert SettingsFinder({"select": ["TRP201"]}).at(".").enabled(unseeded_rng())


def test_ignore_on_the_command_line_adds_to_that_of_the_file(project: Callable[..., Path]) -> None:
    project(triptych_toml='ignore = ["TRP202"]\n')
    found = SettingsFinder({"ignore": ["TRP201"]}).at(".")
    assert not found.enabled(unseeded_rng())
    assert not found.enabled(all_rules()["TRP202"])


def test_the_nearest_settings_file_wins(project: Callable[..., Path]) -> None:
    root = project(
        pyproject_toml='[tool.triptych-lint]\nignore = ["TRP201"]\n',
        nested__triptych_toml="strict = true\n",
        nested__deeper__pyproject_toml="[tool.other]\n",
    )
    finder = SettingsFinder()
    assert finder.at(root).ignore == ("TRP201",)
    nested = finder.at(root / "nested" / "deeper")
    assert nested.strict
    assert nested.ignore == ()
    assert nested.root == root / "nested"


def test_in_one_folder_triptych_toml_wins(project: Callable[..., Path]) -> None:
    project(
        pyproject_toml="[tool.triptych-lint]\nstrict = true\n", triptych_toml="strict = false\n"
    )
    assert not SettingsFinder().at(".").strict


def test_a_named_settings_file_holds_everywhere(project: Callable[..., Path]) -> None:
    root = project(triptych_toml="strict = false\n", nested__other_toml="strict = true\n")
    assert SettingsFinder(config=root / "nested" / "other.toml").at(root).strict


def test_isolated_reads_no_file(project: Callable[..., Path]) -> None:
    project(triptych_toml="strict = true\n")
    assert not SettingsFinder(isolated=True).at(".").strict


def test_per_file_ignores_count_from_the_folder_of_their_file(
    project: Callable[..., Path],
) -> None:
    root = project(
        triptych_toml="""\
        [per-file-ignores]
        "notebooks/*.ipynb" = ["seeds"]
        "old/" = ["ALL"]
        """
    )
    found = SettingsFinder().at(".")
    assert found.ignored_in("notebooks/eda.ipynb") == ("TRP2",)
    assert found.ignored_in(root / "old" / "train.py") == ("",)
    assert found.ignored_in("deeper/notebooks/eda.ipynb") == ()
    assert found.ignored_in("../old/train.py") == ()


def test_options_of_a_rule_reach_it_under_its_code(project: Callable[..., Path]) -> None:
    project(triptych_toml='[rules.unseeded-rng]\nstreams = ["numpy"]\nnested = {depth = 2}\n')
    options = SettingsFinder().at(".").rules
    assert options == {"TRP201": {"streams": ["numpy"], "nested": {"depth": 2}}}


def test_settings_survive_pickling() -> None:
    before = settings(select=["TRP2"], per_file_ignores={"a.py": ["ALL"]}, rules={"TRP201": {}})
    assert pickle.loads(pickle.dumps(before)) == before


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('selct = ["TRP2"]', "selct: there is no such setting; did you mean select?"),
        ('select = ["TRP999"]', 'select: no rule is called "TRP999"'),
        ('ignore = ["unseeded-rgn"]', "did you mean unseeded-rng?"),
        ('select = "TRP2"', 'select: expected a list of strings, found a string; write ["TRP2"]'),
        ("select = [2]", "select: expected a list of strings, found a number in it"),
        ("strict = 1", "strict: expected true or false, found a number"),
        ('output-format = "xml"', "output-format: expected one of full, concise, json"),
        ("per-file-ignores = []", "per-file-ignores: expected a table, found a list"),
        ('[per-file-ignores]\n"a.py" = ["X"]', 'per-file-ignores: "a.py": no rule is called "X"'),
        ("[rules.TRP999]\nx = 1", 'rules: no rule is called "TRP999"'),
    ],
)
def test_a_wrong_setting_is_told_by_file_and_cause(
    project: Callable[..., Path], text: str, message: str
) -> None:
    project(triptych_toml=text)
    with pytest.raises(SettingsError) as caught:
        SettingsFinder().at(".")
    assert str(caught.value).startswith("triptych.toml: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_wrong_setting_in_pyproject_names_the_table(project: Callable[..., Path]) -> None:
    project(pyproject_toml="[tool.triptych-lint]\nstrict = 1\n")
    with pytest.raises(SettingsError, match=r"^pyproject\.toml: tool\.triptych-lint\.strict: "):
        SettingsFinder().at(".")


@pytest.mark.parametrize("content", [b"[tool\n", b"[tool.triptych-lint]\nx = '\xff'\n"])
def test_a_broken_pyproject_is_reported_once_and_passed_over(
    project: Callable[..., Path], content: bytes
) -> None:
    root = project(nested__triptych_toml="")
    (root / "pyproject.toml").write_bytes(content)
    finder = SettingsFinder()
    assert finder.at(".").enabled(unseeded_rng())
    assert finder.at("elsewhere").enabled(unseeded_rng())
    (problem,) = finder.problems
    assert problem.path == "pyproject.toml"
    assert problem.fatal


@pytest.mark.parametrize(
    ("name", "text", "cause"),
    [
        ("missing.toml", None, "cannot be read (no such file or folder)"),
        ("broken.toml", "x = ", "is not valid TOML"),
        ("pyproject.toml", "[tool.other]\n", "has no [tool.triptych-lint] table"),
    ],
)
def test_a_named_settings_file_that_cannot_be_used_stops_the_run(
    project: Callable[..., Path], name: str, text: str | None, cause: str
) -> None:
    root = project()
    if text is not None:
        (root / name).write_text(text)
    with pytest.raises(SettingsError) as caught:
        SettingsFinder(config=root / name)
    assert str(caught.value).startswith(f"{name}: {cause}")
