"""The ways in which scripts start their training, and reach what seeds it."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import pytest

from triptych_lint.engine import lint_source
from triptych_lint.project import Project
from triptych_lint.settings import Settings
from triptych_lint.source import Source

TRAIN = """\
model = torch.nn.Linear(2, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(10):
    loss = model(torch.ones(3, 2)).sum()
    optimizer.zero_grad()
    loss.backward()
    print(torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0))
    optimizer.step()
"""
HELPER = """\
import random
import numpy as np
import torch

def set_seed(seed):
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)

_KNOWN = {}

def register(name):
    def keep(function):
        _KNOWN[name] = function
        return function
    return keep

def get(name):
    return _KNOWN[name]

@register("all")
def _all(seed):
    torch.manual_seed(seed)

@register("numpy")
def _numpy(seed):
    np.random.seed(seed)
"""
TWO_COMMANDS = """\
import torch, typer
app = typer.Typer()
@app.command()
def train():
{body}
@app.command()
def export():
    pass
app()
"""
UNSEEDED = {
    "a main guard": "import torch\ndef main():\n{body}\nif __name__ == '__main__':\n    main()",
    "absl": "import torch\nfrom absl import app\ndef main(argv):\n{body}\napp.run(main)",
    "fire": "import torch, fire\ndef main(lr=0.1):\n{body}\nfire.Fire(main)",
    "typer": "import torch, typer\napp = typer.Typer()\n@app.command()\n"
    "def train():\n{body}\napp()",
    "typer.run": "import torch, typer\ndef train():\n{body}\ntyper.run(train)",
    "click": "import torch, click\n@click.command()\ndef train():\n{body}\ntrain()",
    "hydra": "import torch, hydra\n@hydra.main(config_path='c')\ndef main(cfg):\n{body}\nmain()",
    "a process for each GPU": "import torch\nimport torch.multiprocessing as mp\n"
    "def work(rank, size):\n{body}\nmp.spawn(work, args=(2,), nprocs=2)",
    "asyncio": "import torch, asyncio\nasync def main():\n{body}\nasyncio.run(main())",
    "a parser's function": "import torch, argparse\ndef train(args):\n{body}\n"
    "parser = argparse.ArgumentParser()\nsub = parser.add_subparsers().add_parser('train')\n"
    "sub.set_defaults(func=train)\nargs = parser.parse_args()\nargs.func(args)",
    "a decorator that measures": "import torch, functools\ndef timed(function):\n"
    "    @functools.wraps(function)\n    def inner(*args):\n        return function(*args)\n"
    "    return inner\n@timed\ndef main():\n{body}\nmain()",
    "a registry of the wrong seed": "import torch\nfrom helper import get\ndef main():\n"
    "    get('numpy')(3)\n{body}\nmain()",
}
SEEDED = {
    "a registry": "import torch\nfrom helper import get\nget('all')(3)\n"
    "def main():\n{body}\nmain()",
    "fire": "import torch, fire\nfrom helper import set_seed\ndef main(seed=3):\n"
    "    set_seed(seed)\n{body}\nfire.Fire(main)",
    "a class of settings": "import torch, tyro\nfrom dataclasses import dataclass\n"
    "from helper import set_seed\n@dataclass\nclass Args:\n    seed: int = 1\n"
    "args = tyro.cli(Args)\nset_seed(args.seed)\ndef main():\n{body}\nmain()",
    "partial": "import torch, functools\nfrom helper import set_seed\n"
    "functools.partial(set_seed, 3)()\ndef main():\n{body}\nmain()",
    "a class method": "import torch\nclass Seeds:\n    @classmethod\n    def fix(cls, seed):\n"
    "        cls._torch(seed)\n    @staticmethod\n    def _torch(seed):\n"
    "        torch.manual_seed(seed)\nSeeds.fix(0)\ndef main():\n{body}\nmain()",
    "an import that may fail": "import torch\ntry:\n    from helper import set_seed\n"
    "except ImportError:\n    from .helper import set_seed\nset_seed(0)\n"
    "def main():\n{body}\nmain()",
    "a decorator": "import torch, functools\nfrom helper import set_seed\ndef seeded(seed):\n"
    "    def around(function):\n        @functools.wraps(function)\n        def inner(*args):\n"
    "            set_seed(seed)\n            return function(*args)\n        return inner\n"
    "    return around\n@seeded(3)\ndef main():\n{body}\nmain()",
    "one command of several": TWO_COMMANDS,
}


def asked(folder: Path, script: str, file: str = "train.py") -> list[str]:
    (folder / "helper.py").write_text(HELPER)
    path = folder / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(script.format(body=indent(TRAIN, "    ")))
    report = lint_source(Source.read(path), Settings(root=folder, select=("TRP201",)), Project())
    assert report.problems == []
    return [diagnostic.code for diagnostic in report.diagnostics]


@pytest.mark.parametrize("way", UNSEEDED)
def test_a_run_that_starts_by_any_way_is_asked_to_seed(way: str, tmp_path: Path) -> None:
    assert asked(tmp_path, UNSEEDED[way]) == ["TRP201"]


@pytest.mark.parametrize("way", SEEDED)
def test_a_seed_that_is_reached_by_any_way_is_seen(way: str, tmp_path: Path) -> None:
    assert asked(tmp_path, SEEDED[way]) == []


CONSOLE = {
    "pyproject.toml": '[project.scripts]\nbirds-train = "birds.cli:main"\n',
    "setup.cfg": "[options.entry_points]\nconsole_scripts =\n    birds-train = birds.cli:main\n",
    "setup.py": "setup(entry_points={'console_scripts': ['birds-train=birds.cli:main']})\n",
}


@pytest.mark.parametrize("file", CONSOLE)
def test_what_a_console_script_starts_is_a_run(file: str, tmp_path: Path) -> None:
    script = "import torch\ndef main():\n{body}"
    (tmp_path / file).write_text(CONSOLE[file])
    (tmp_path / "birds").mkdir()
    (tmp_path / "birds" / "__init__.py").touch()
    assert asked(tmp_path, script, "birds/cli.py") == ["TRP201"]
    assert asked(tmp_path, script, "birds/other.py") == []


def test_a_project_description_that_cannot_be_read_starts_nothing(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project.scripts\n")
    assert asked(tmp_path, "import torch\ndef main():\n{body}") == []
