"""Every config and script of the corpus, compared with itself: nothing may crash, nothing differ.

    python benchmarks/configs.py            # all packages under benchmarks/.data
    python benchmarks/configs.py keras trl  # some of them

Counts per format: files, those that hold a variable of an experiment, those that cannot be read
(each with one clear line), self-comparisons that are not empty, and crashes.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from triptych_lint.configdiff.compare import Comparison
from triptych_lint.configdiff.config import FORMATS, Config, is_config
from triptych_lint.configdiff.nodes import ConfigError, Items, Node, Scalar, Table
from triptych_lint.configdiff.references import Path as KeyPath
from triptych_lint.configdiff.variables import load

DATA = Path(__file__).parent / ".data"


def main(packages: list[str]) -> int:
    """Print the table; the exit code is 1 if something crashed or differed from itself."""
    counts: Counter[tuple[str, str]] = Counter()
    causes: Counter[str] = Counter()
    broken = 0
    started = time.perf_counter()
    with ProcessPoolExecutor() as pool:
        for path, outcome, cause in pool.map(judged, files(packages), chunksize=16):
            form = FORMATS[path.suffix.lower()].removesuffix("file")
            counts[form, "files"] += 1
            counts[form, outcome] += 1
            if outcome in ("crashed", "differs"):
                broken += 1
                print(f"{path}: {outcome} {cause}", file=sys.stderr)
            elif cause:
                causes[f"{form}: {cause}"] += 1
    columns = ("files", "variables", "unreadable", "differs", "crashed")
    print("| format | " + " | ".join(columns) + " |")
    for form in sorted({form for form, _ in counts}):
        print(f"| {form} | " + " | ".join(str(counts[form, c]) for c in columns) + " |")
    total = sum(counts[form, "files"] for form in {form for form, _ in counts})
    print(f"{total} files in {time.perf_counter() - started:.0f} s")
    for cause, number in causes.most_common(12):
        print(f"  {number:5} {cause}")
    return 1 if broken else 0


def files(packages: list[str]) -> Iterator[Path]:
    """The files that ``triptych-lint diff`` would compare; tests are none of them."""
    roots = [DATA / name for name in packages] if packages else sorted(DATA.iterdir())
    for root in roots:
        for folder, _, names in os.walk(root):
            for name in sorted(names):
                if is_config(os.path.join(folder, name)):
                    yield Path(folder, name)


def judged(path: Path) -> tuple[Path, str, str]:
    """The verdict on a file, and why there is none."""
    try:
        return path, verdict(path, Comparison(load(), strict=True)), ""
    except ConfigError as error:
        return path, "unreadable", str(error).rpartition("line ")[2].lstrip("0123456789: ")[:48]
    except Exception as error:
        return path, "crashed", f"{type(error).__name__}: {error}"


def verdict(path: Path, comparison: Comparison) -> str:
    """``differs`` from itself, holds ``variables``, or ``plain``."""
    data = path.read_bytes()
    old, new = Config(data, str(path)), Config(data, str(path))
    if comparison.of(old, new, "itself").runs:
        return "differs"
    keys = (key for root in new.tree.documents for key in keys_of(root, ()))
    return "variables" if any(comparison.variables.key(key).axis for key in keys) else "plain"


def keys_of(node: Node, path: KeyPath) -> Iterator[KeyPath]:
    """The paths of all values below a node."""
    if isinstance(node, Scalar):
        yield path
    elif isinstance(node, Items):
        yield path
        for item in node.items:
            yield from keys_of(item, path)
    elif isinstance(node, Table):
        for name, value in node.entries.items():
            yield from keys_of(value, (*path, name))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
