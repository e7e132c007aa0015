"""From bytes to values with places; and the one clear line where that fails."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from configdiff_support import compare

from triptych_lint.configdiff.config import LARGEST, Config
from triptych_lint.configdiff.meaning import meaning, same
from triptych_lint.configdiff.nodes import ConfigError, Items, Node, Scalar, Table
from triptych_lint.configdiff.pairs import shown_path
from triptych_lint.configdiff.references import Reader


def config(text: str, name: str = "run.yaml") -> Config:
    return Config(text.encode(), name)


def plain(node: Node, path: tuple[str, ...] = (), root: Node | None = None) -> object:
    """A tree as Python values."""
    root = root or node
    if isinstance(node, Table):
        return {key: plain(value, (*path, key), root) for key, value in node.entries.items()}
    if isinstance(node, Items):
        return [plain(item, path, root) for item in node.items]
    reading = Reader(root).read(node, path)
    return ("?", reading.shown) if reading.unresolved else reading.value


def load(text: str, name: str = "run.yaml") -> object:
    return plain(config(text, name).tree.documents[0])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001), ("1.0e3", 1000.0), ("+.5", 0.5), ("600_000", 600000), ("0x10", 16),
        ("5 * 8", 40), ("2**14", 16384), ("1/255", 1 / 255), ("-3", -3), (".inf", math.inf),
        ("True", True), ("on", True), ("no", False), ("~", None), ("None", None),
        ("80/20", "80/20"), ("2023-10-12", "2023-10-12"), ("1.2.3", "1.2.3"), ("60:30", "60:30"),
        ("9**9**9", "9**9**9"), ("1 * ", "1 * "), ("0**-1", "0**-1"),
        ("e5", "e5"), ("adam", "adam"), ("9" * 400, "9" * 400),
        ("99**99 * 99**99", "99**99 * 99**99"),
    ],
)  # fmt: skip
def test_a_plain_scalar_means(text: str, value: object) -> None:
    found = meaning(text)
    assert found == value
    assert type(found) is type(value)


def test_quoted_numbers_are_numbers_and_quoted_words_are_not_truth() -> None:
    assert meaning("1e-3", quoted=True) == 0.001
    assert meaning("on", quoted=True) == "on"
    assert meaning("", quoted=True) == ""


def test_sameness_is_exact_for_integers_and_forgiving_for_rounding() -> None:
    assert not same(10**15, 10**15 + 1)
    assert same(0.1 + 0.2, 0.3)
    assert same(math.nan, math.nan)
    assert not same(True, 1)
    assert not same((1, 2), (2, 1))
    assert same(1, 1.0)


def test_anchors_and_merges_are_spelled_out_and_own_keys_win() -> None:
    text = "a: &a {lr: 1, wd: 2}\nb: &b {lr: 3, bs: 4}\nc:\n  <<: [*a, *b]\n  wd: 5\nd: *a\n"
    found = load(text)
    assert isinstance(found, dict)
    assert found["c"] == {"wd": 5, "lr": 1, "bs": 4}
    assert found["d"] == {"lr": 1, "wd": 2}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: {b: 3}\nx: ${a.b}\n", 3),
        ("a: {b: 3, x: '${.b}'}\n", 3),
        ("a: {b: {x: '${..c}'}, c: 3}\n", 3),
        ("a: [1, 3]\nx: ${a[1]}\n", 3),
        ("a: 2\nx: run_${a}\n", "run_2"),
        ("b: 3\na: ${b}\nx: ${a}\n", 3),
        ("a: 3\nx: !ref <a>\n", 3),
        ("a: {b: 2}\nx: !ref <a[b]> * 4\n", 8),
        ("a: out\nx: !ref <a>/save\n", "out/save"),
        ("x: !new:torch.optim.Adam\n", "torch.optim.Adam"),
    ],
)
def test_a_reference_has_the_value_that_it_leads_to(text: str, value: object) -> None:
    found = load(text)
    while isinstance(found, dict):
        found = found.get("x", found.get("a", found.get("b")))
    assert found == value


@pytest.mark.parametrize(
    "value",
    ["${env:HOME}", "${oc.env:HOME,1}", "${nowhere.lr}", "???", "${x}", "!include lr.yaml",
     "!PLACEHOLDER", "!ref <nowhere>", "!ref <a> + 1", "$LR", "data_{{ n }}", "'{{ lr }}'", "${a"],
)  # fmt: skip
def test_what_is_found_elsewhere_stays_unresolved(value: str) -> None:
    found = load(f"a: 1\nx: {value}\n")
    assert isinstance(found, dict)
    assert isinstance(found["x"], tuple), found
    assert found["x"][0] == "?"


def test_a_tag_with_a_class_is_a_value_of_the_table_below_it() -> None:
    assert load("opt: !name:torch.optim.Adam\n  lr: 0.1\n") == {
        "opt": {"lr": 0.1, "_target_": "torch.optim.Adam"}
    }


JSON = '{"lr": 1e-4, "text": "a\\tb\\u00e9\\\\\\"", "list": [1, {"x": null}],\n\t"on": true}'


def test_json_is_read_with_tabs_escapes_and_all() -> None:
    assert load(JSON, "run.json") == {
        "lr": 0.0001,
        "text": 'a\tb\u00e9\\"',
        "list": [1, {"x": None}],
        "on": True,
    }


def leaves(node: Node) -> list[Scalar]:
    if isinstance(node, Table):
        return [leaf for value in node.entries.values() for leaf in leaves(value)]
    if isinstance(node, Items):
        return [leaf for value in node.items for leaf in leaves(value)]
    return [node]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (JSON, "run.json"),
        (
            "# \U0001f600 caf\u00e9\r\nlr: 1e-3   # why\r\nx:\r\n- {a: 'q', b: \"r\"}\r\n",
            "run.yaml",
        ),
        ("\ufefflr: 0.1\n", "run.yaml"),
    ],
)
def test_a_value_stands_where_its_place_says(text: str, name: str) -> None:
    found = config(text, name)
    for leaf in leaves(found.tree.documents[0]):
        written = found.source.text[leaf.span.start : leaf.span.end]
        assert written.strip("'\"") == leaf.text or '"' in written
        assert not written.startswith((" ", "\t"))


def test_the_place_of_a_block_ends_with_its_last_value() -> None:
    found = config("steps:\n- 1\n- 2\n\n# more\nlr: 1\n")
    root = found.tree.documents[0]
    assert isinstance(root, Table)
    span = root.entries["steps"].span
    assert found.source.text[span.start : span.end] == "- 1\n- 2"


def test_keys_with_dots_stay_one_step_and_are_quoted() -> None:
    assert shown_path(("optimizer.lr",)) == '"optimizer.lr"'
    assert shown_path(("a", "[0]", "b")) == "a[0].b"
    found = compare(
        '{"train.lr": 1, "train.batch_size": 8}', '{"train.lr": 2, "train.batch_size": 4}'
    )
    assert found.counted == ["lr", "batch"]


def test_items_are_matched_by_name_whatever_their_order() -> None:
    old = "groups:\n- {name: a, lr: 1}\n- {name: b, lr: 2}\n"
    assert compare(old, "groups:\n- {lr: 2, name: b}\n- {lr: 1, name: a}\n").changed == {}
    moved = compare(old, "groups:\n- {name: b, lr: 3}\n- {name: c, lr: 1}\n").changed
    assert moved["groups.[b].lr"] == "changed"


def test_a_key_written_twice_is_said_and_the_last_counts() -> None:
    for text, name in (("lr: 1\nlr: 2\n", "a.yaml"), ('{"lr": 1,\n"lr": 2}', "a.json")):
        found = config(text, name)
        assert load(text, name) == {"lr": 2}
        assert found.tree.remarks == ('line 2: "lr" is set a second time; the last value counts',)


DEEP = 100_000


@pytest.mark.parametrize(
    ("make", "name", "message"),
    [
        (lambda: b"lr: [1\n", "a.yaml", "line 2: is not valid YAML"),
        (lambda: b"a:\n\tlr: 1\n", "a.yaml", "line 2: is not valid YAML"),
        (lambda: b"lr: *nowhere\n", "a.yaml", "line 1: is not valid YAML"),
        (lambda: b"{'lr': 1}", "a.json", "line 1: is not valid JSON"),
        (lambda: b"", "a.json", "line 1: is not valid JSON"),
        (lambda: b"\x89PNG\0\0", "a.yaml", "NUL bytes"),
        (lambda: "lr: 1".encode("utf-16"), "a.yaml", "NUL bytes"),
        (lambda: b"name: caf\xe9\n", "a.yaml", "cannot be decoded as utf-8"),
        (lambda: b"x: 1\n" * (LARGEST // 4), "a.yaml", "larger than"),
        (lambda: b"[" * DEEP, "a.yaml", "nests deeper"),
        (lambda: b"[" * DEEP + b"]" * DEEP, "a.json", "nests deeper"),
        (lambda: b"[" * 500 + b"]" * 500, "a.json", "nests deeper"),
        (lambda: b"a: &a [*a]\n", "a.yaml", "contains itself"),
        (lambda: b"a: &a\n  <<: *a\n", "a.yaml", "contains itself"),
        (lambda: b"a: 1\n<<: 3\n", "a.yaml", "merges what is no mapping"),
        (lambda: b"lr: 1\n<<<<<<< HEAD\nbs: 2\n=======\nbs: 4\n>>>>>>> x\n", "a.yaml", "conflict"),
        (lambda: bomb(), "a.yaml", "unfolds to more than"),
        (lambda: b"x: \x01\n", "a.yaml", "is not valid YAML"),
    ],
)
def test_what_cannot_be_read_gives_one_clear_line(
    make: Callable[[], bytes], name: str, message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        Config(make(), name)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def bomb() -> bytes:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 9)]
    return "\n".join(lines).encode()


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", "---\n", "just text", "- 1\n- 2\n", "1: 2\n? [a]\n: 3\n"]
)
def test_a_yaml_text_without_keys_is_no_error(text: str) -> None:
    assert compare(text, text).changed == {}


def test_documents_of_one_file_are_compared_in_order() -> None:
    old = "lr: 1\nbatch_size: 2\n---\nlr: 1\nbatch_size: 2\n"
    found = compare(old, "lr: 2\nbatch_size: 2\n---\nlr: 1\nbatch_size: 4\n")
    assert found.word == "quiet"
    assert [run.section for run in found.file.runs] == ["document 1", "document 2"]
