"""What a scalar means, whatever its spelling: ``1e-3``, ``0.001`` and ``"1.0e-3"`` are one number.

Floats are those of YAML 1.2, and of the people who write configs: PyYAML alone reads ``1e-3`` as
a string. Plain products and powers are folded (``5 * 8``), since a batch is often written so.
"""

from __future__ import annotations

import ast
import math
import re
from typing import TypeGuard

Meaning = None | bool | int | float | str | tuple["Meaning", ...]
"""Lists are tuples; other things are what they are in Python."""

_DECIMAL = re.compile(
    r"[-+]?(?:\d[\d_]*)(?:\.[\d_]*)?(?:[eE][-+]?\d+)?|[-+]?\.\d[\d_]*(?:[eE][-+]?\d+)?",
    re.ASCII,
)
_PREFIXED = re.compile(r"0(?:x[\da-fA-F]+|o[0-7]+|b[01]+)", re.ASCII)
_PRODUCT = re.compile(r"[-\d.eE_ ]+(?:(?:\*\*?|/)[-\d.eE_ ]+)+", re.ASCII)
_SPECIAL = {
    ".inf": math.inf,
    "inf": math.inf,
    "infinity": math.inf,
    ".nan": math.nan,
    "nan": math.nan,
}
_WORDS = {"true": True, "false": False, "null": None, "none": None}
_PLAIN_WORDS = {"yes": True, "on": True, "no": False, "off": False, "~": None, "": None}
_LARGEST_POWER = 128
_LARGEST = 1e300
_LONGEST = 200
"""Characters; a longer text is no number that is tuned, and might not fit a float."""
_TOLERANCE = 1e-12


def meaning(text: str, quoted: bool = False) -> Meaning:
    """The value that ``text`` stands for; quoted numbers are numbers, quoted ``yes`` is not."""
    stripped = text.strip()
    lowered = stripped.lower()
    if lowered in _WORDS:
        return _WORDS[lowered]
    if not quoted and lowered in _PLAIN_WORDS:
        return _PLAIN_WORDS[lowered]
    found = number(stripped)
    return text if found is None else found


def number(text: str) -> int | float | None:
    """The number that ``text`` spells, or None."""
    if len(text) > _LONGEST:
        return None
    if _DECIMAL.fullmatch(text):
        digits = text.replace("_", "")
        return int(digits) if digits.lstrip("+-").isdecimal() else float(digits)
    if _PREFIXED.fullmatch(text):
        return int(text, 0)
    special = _SPECIAL.get(text.lstrip("+-").lower())
    if special is not None:
        return -special if text.startswith("-") else special
    if _PRODUCT.fullmatch(text):
        try:
            product = _folded(ast.parse(text, mode="eval").body)
        except (ArithmeticError, SyntaxError, ValueError):
            return None
        return None if product is None or abs(product) > _LARGEST else product
    return None


def _folded(node: ast.expr) -> int | float | None:
    """Products, powers, and one over something; a date or a ratio like ``80/20`` is no number."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        operand = _folded(node.operand)
        return None if operand is None else -operand
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return node.value
    if not isinstance(node, ast.BinOp):
        return None
    left, right = _folded(node.left), _folded(node.right)
    if left is None or right is None:
        return None
    if isinstance(node.op, ast.Mult):
        return left * right
    if (
        isinstance(node.op, ast.Pow)
        and abs(left) <= _LARGEST_POWER
        and abs(right) <= _LARGEST_POWER
    ):
        power = left**right
        return power if isinstance(power, int | float) else None
    if isinstance(node.op, ast.Div) and left == 1:
        return left / right
    return None


def same(one: Meaning, other: Meaning) -> bool:
    """Whether two values mean the same; integers exactly, other numbers up to rounding."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if is_number(one) and is_number(other):
        if isinstance(one, int) and isinstance(other, int):
            return one == other
        if math.isnan(one) or math.isnan(other):
            return math.isnan(one) and math.isnan(other)
        return math.isclose(one, other, rel_tol=_TOLERANCE)
    return type(one) is type(other) and one == other


def is_number(value: Meaning) -> TypeGuard[int | float]:
    """Whether a value is a number; a truth value is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def ratio(old: Meaning, new: Meaning) -> float | None:
    """``new / old`` of two positive numbers, or of lists whose elements share one; else None."""
    if isinstance(old, tuple) and isinstance(new, tuple):
        if not old or len(old) != len(new):
            return None
        ratios = [ratio(a, b) for a, b in zip(old, new, strict=True)]
        return common(ratios)
    if not (is_number(old) and is_number(new)):
        return None
    quotient = new / old if old > 0 and new > 0 else math.nan
    return quotient if math.isfinite(quotient) and quotient > 0 else None


def common(ratios: list[float | None], tolerance: float = 0.02) -> float | None:
    """The ratio that all of ``ratios`` agree on, or None."""
    first = ratios[0] if ratios else None
    if first is None:
        return None
    agreed = all(r is not None and math.isclose(r, first, rel_tol=tolerance) for r in ratios)
    return first if agreed else None
