"""``triptych-lint why``: what is open, what is settled, and that its patches are exact."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support import SEEDED, UNSEEDED, Run

from triptych_lint.mentor.reading import read
from triptych_lint.mentor.why.chapter import Chapter
from triptych_lint.mentor.why.conversation import Conversation, converse
from triptych_lint.settings import Settings

Lint = Callable[..., Run]
EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


def about(path: Path) -> Conversation:
    return converse(read(path, Settings(root=path.parent)))


def chapter(conversation: Conversation, key: str) -> Chapter:
    return next(found for found in conversation.chapters if found.key == key)


def test_without_a_log_the_pitfalls_come_in_their_order(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(UNSEEDED)
    conversation = about(tmp_path / "train.py")
    assert [found.pitfall for found in conversation.chapters] == [2, 3, 4]
    seeds = chapter(conversation, "seeds")
    assert [entry.diagnostic.code for entry in seeds.open] == ["TRP201"]
    assert seeds.settled == ["torch: seeded at line 9, before the first draw at line 13"]


def test_what_a_comment_silences_is_open_here_and_said_to_be_silenced(
    lint: Lint, tmp_path: Path
) -> None:
    silenced = UNSEEDED.replace("permutation(800)", "permutation(800)  # noqa: TRP201")
    (tmp_path / "train.py").write_text(silenced)
    (tmp_path / "pyproject.toml").write_text('[tool.triptych-lint]\nignore = ["TRP2"]\n')
    assert lint("train.py").code == 0
    run = lint("why", "train.py")
    assert run.code == 0
    assert "(TRP201, silenced here)" in " ".join(run.out.split())


def test_the_command_that_it_names_makes_the_change(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(UNSEEDED)
    out = lint("why", "train.py").out
    command = re.search(r"\$ triptych-lint (.*--fix.*)", out)
    assert command
    lint(*command[1].split())
    assert "np.random.seed(0)" in (tmp_path / "train.py").read_text()
    assert "TRP201" not in lint("why", "train.py").out


def test_all_settled_leads_on_to_the_next_question(lint: Lint, tmp_path: Path) -> None:
    split = "train, test = features[:700], features[700:]"
    text = SEEDED.replace("    labels = (f", f"    {split}\n    labels = (f")
    (tmp_path / "train.py").write_text(text)
    out = lint("why", "train.py").out
    assert "can fit one batch" in " ".join(out.split())


def patched(source: str, patch: tuple[str, ...]) -> str:
    """``source`` with a patch of whole lines applied, wherever its old lines stand."""
    old = [line[2:] for line in patch if line[0] in "- "]
    new = [line[2:] for line in patch if line[0] in "+ "]
    rows = source.splitlines()
    for start in range(len(rows)):
        indent = rows[start][: len(rows[start]) - len(rows[start].lstrip())]
        if [row.removeprefix(indent) for row in rows[start : start + len(old)]] == old:
            rows[start : start + len(old)] = [f"{indent}{line}" for line in new]
            return "\n".join(rows) + "\n"
    raise AssertionError(f"not found: {old}")


def run_script(path: Path, text: str) -> str:
    path.write_text(text)
    done = subprocess.run([sys.executable, path.name], cwd=path.parent, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


@pytest.mark.proof
def test_the_patch_that_counts_shared_ids_runs_and_counts_them(tmp_path: Path) -> None:
    source = (EXAMPLES / "patients.py").read_text()
    leak = chapter(about(EXAMPLES / "patients.py"), "leakage")
    overlap = next(step.patch for step in leak.next if any("ids_a" in x for x in step.patch))
    before, after = (
        run_script(tmp_path / "patients.py", text) for text in (source, patched(source, overlap))
    )
    shared = [int(line) for line in after.splitlines() if line.isdigit()]
    assert len(shared) == 1
    assert shared[0] > 100
    assert [line for line in after.splitlines() if not line.isdigit()] == before.splitlines()


@pytest.mark.proof
def test_the_patch_that_shuffles_labels_takes_the_score_down(tmp_path: Path) -> None:
    source = (EXAMPLES / "patients.py").read_text()
    leak = chapter(about(EXAMPLES / "patients.py"), "leakage")
    (line,) = next(s.patch for s in leak.next if any("permutation" in x for x in s.patch))
    call = source.index("    model = RandomForestClassifier")
    text = f"{source[:call]}    {line[2:]}\n{source[call:]}"
    scores = [
        float(re.findall(r"AUROC (\d\.\d+)", run_script(tmp_path / "p.py", version))[0])
        for version in (source, text)
    ]
    assert scores[0] > 0.8
    assert abs(scores[1] - 0.5) < 0.12


@pytest.mark.proof
def test_the_patch_that_fits_one_batch_trains_on_one_batch(tmp_path: Path) -> None:
    source = (EXAMPLES / "image_classifier.py").read_text()
    steps = chapter(about(EXAMPLES / "image_classifier.py"), "gradients").next
    patch = next(step.patch for step in steps if any("next(iter(" in line for line in step.patch))
    assert patch == (
        "+ images, labels = next(iter(loader))",
        "- for images, labels in loader:",
        "+ for _ in range(200):",
    )
    text = patched(source, patch).replace("range(1, args.epochs + 1)", "range(1, 2)")
    text = text.replace(
        "        loss.backward()\n", "        print(loss.item())\n        loss.backward()\n"
    )
    losses = [float(line) for line in run_script(tmp_path / "digits.py", text).splitlines()[:200]]
    assert losses[0] > 1.5
    assert losses[-1] < 0.1


def test_json_holds_the_same(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(UNSEEDED)
    found = json.loads(lint("why", "train.py", "--output-format", "json").out)
    seeds = found["chapters"][0]
    assert (seeds["name"], seeds["open"][0]["code"]) == ("seeds", "TRP201")
    assert seeds["open"][0]["silenced"] is False
    assert seeds["next"][0]["command"].endswith("--select TRP201 --fix --unsafe-fixes")


@pytest.mark.parametrize("log", ["missing.csv", "picture.png"])
def test_a_log_that_cannot_be_read_is_one_line(lint: Lint, tmp_path: Path, log: str) -> None:
    (tmp_path / "train.py").write_text(UNSEEDED)
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    run = lint("why", "train.py", "--log", log)
    assert (run.code, run.out, run.err.count("\n")) == (2, "", 1)
    assert run.err.startswith(f"{log}: ")


def test_code_that_does_not_train_gets_one_line(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "read.py").write_text("import torch\n\nprint(torch.load('m.pt'))\n")
    run = lint("why", "read.py")
    assert (run.code, run.out.count("\n")) == (0, 1)


LOG = "step,loss,grad_norm\n" + "".join(
    f"{i},{'nan' if i > 6 else 2.3 - i / 10},{i / 2}\n" for i in range(12)
)


def test_a_log_decides_what_comes_first(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(UNSEEDED)
    (tmp_path / "run.csv").write_text(LOG)
    out = lint("why", "train.py", "--log", "run.csv").out
    assert "NaN at step 7; the last finite one before it was 1.7" in out
    assert out.index("The gradients\n") < out.index("The seeds\n") < out.index("The split\n")


def test_a_nan_asks_for_the_operation_that_makes_it(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(UNSEEDED)
    (tmp_path / "run.csv").write_text(LOG)
    out = lint("why", "train.py", "--log", "run.csv").out
    assert (
        "+ torch.autograd.set_detect_anomaly(True)\n                for step in range(10):\n" in out
    )
    assert "nothing clips" not in out
    unclipped = re.sub(r"        norm = .*\n", "", UNSEEDED).replace(", norm.item()", "")
    (tmp_path / "train.py").write_text(unclipped)
    assert "nothing clips" in lint("why", "train.py", "--log", "run.csv").out
    assert "nothing clips" not in lint("why", "train.py").out


@pytest.mark.parametrize("command", ["story", "why"])
def test_it_speaks_plain_ascii_where_there_is_no_more(
    lint: Lint, tmp_path: Path, command: str
) -> None:
    (tmp_path / "train.py").write_text(UNSEEDED)
    (tmp_path / "run.csv").write_text(LOG)
    log = ["--log", "run.csv"] if command == "why" else []
    env = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    run = lint(command, "train.py", *log, env=env)
    assert run.code == 0
    assert run.out.isascii()
    assert "\\u" not in run.out


LOADER = """\
import torch
from torch import nn
from torch.utils.data import DataLoader
from tqdm import tqdm

from data import digits

model = nn.Linear(64, 10)
optimizer = torch.optim.SGD(model.parameters(), 0.1)
loader = DataLoader(digits, 32)
for {target} in {batches}:
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()
"""


@pytest.mark.parametrize(
    ("target", "batches", "expected"),
    [
        ("x, y", "loader", ("x, y = next(iter(loader))", "for _ in range(200):")),
        ("x, y", "tqdm(loader)", ("x, y = next(iter(loader))", "for _ in range(200):")),
        ("i, (x, y)", "enumerate(loader)", ("x, y = next(iter(loader))", "for i in range(200):")),
        (
            "i, (x, y)",
            "tqdm(enumerate(loader), total=9)",
            ("x, y = next(iter(loader))", "for i in range(200):"),
        ),
    ],
)
def test_one_batch_is_taken_out_of_its_loop(
    tmp_path: Path, target: str, batches: str, expected: tuple[str, str]
) -> None:
    (tmp_path / "train.py").write_text(LOADER.format(target=target, batches=batches))
    steps = chapter(about(tmp_path / "train.py"), "gradients").next
    patch = next(step.patch for step in steps if any("next(iter(" in line for line in step.patch))
    assert patch == (f"+ {expected[0]}", f"- for {target} in {batches}:", f"+ {expected[1]}")


def test_a_seed_under_a_condition_is_open(tmp_path: Path) -> None:
    text = SEEDED.replace("def main():", "def main(args):").replace(
        "    main()", "    main(read())"
    )
    text = text.replace(
        "    torch.manual_seed(0)",
        "    if args.seed is not None:\n        torch.manual_seed(args.seed)",
    ).replace("import torch\n", "import torch\nfrom options import read\n")
    (tmp_path / "train.py").write_text(text)
    seeds = chapter(about(tmp_path / "train.py"), "seeds")
    assert seeds.open == []
    assert seeds.unasked == [
        "Is a seed given in this run? torch is seeded at line 11 only under a condition."
    ]
