"""Calls of a script that set something: options of the command line, optimizers, loaders."""

from __future__ import annotations

import re

from triptych_lint import tree as t
from triptych_lint.configdiff.formats.pycatalog import Calls, Imports, Settings
from triptych_lint.configdiff.formats.pyrecord import Unit, axis_of
from triptych_lint.configdiff.formats.pysyntax import has_word
from triptych_lint.configdiff.formats.pyvalues import CLASS_KEY, Scope, Values
from triptych_lint.configdiff.nodes import Node, Scalar, Table
from triptych_lint.model import Span

_OPERATOR = re.compile(r"(\*\*|//|[*+/-])=")
_NAMES = {"**": "Pow", "//": "FloorDiv", "*": "Mult", "+": "Add", "/": "Div", "-": "Sub"}
_PARSED = ("parse_args", "parse_known_args", "parse_args_into_dataclasses")


class Uses:
    """Recognises such calls in one text, and keeps what they set."""

    def __init__(self, known: Calls, imports: Imports, values: Values, text: str) -> None:
        self._known = known
        self._imports = imports
        self._values = values
        self._text = text
        self._namespace: dict[str, Node] = {}
        self._made: set[tuple[int, str]] = set()
        """Parsers that are made, by their scope and name."""
        self._parser_of: dict[tuple[int, str], tuple[int, str]] = {}
        self._options: list[tuple[tuple[int, str], str, str, Node]] = []

    def keep(self, call: t.Call, scope: Scope, unit: Unit, target: str = "") -> bool:
        """Keep what a call sets; whether it is of this kind at all."""
        name = self._imports.qualified(call.func)
        if isinstance(call.func, t.Attr) and call.func.attr in self._known.option_methods:
            return self._option(call, scope, unit, call.func.value)
        if self._known.options.fullmatch(name) or self._known.flags.fullmatch(name):
            return self._option(call, scope, unit, None)
        if self._known.parsers.fullmatch(name):
            self._made.add((scope.number, target))
            return True
        if isinstance(call.func, t.Attr) and isinstance(call.func.value, t.Name):
            if call.func.attr == "add_parser":
                self._made.add((scope.number, target))
                return True
            if call.func.attr.startswith("add_") and call.func.attr.endswith("_group"):
                above = (scope.number, call.func.value.id)
                self._parser_of[scope.number, target] = self._parser_of.get(above, above)
                return True
        if self.is_namespace(call):
            return True
        settings = self._known.of(name, call)
        if settings is None:
            return False
        self._arguments(call, name, settings, scope, unit, target)
        return True

    def is_namespace(self, node: t.Expr) -> bool:
        """Whether a call gives the parsed options of the command line."""
        return (
            isinstance(node, t.Call) and isinstance(node.func, t.Attr) and node.func.attr in _PARSED
        )

    def namespace(self) -> Table:
        """The options of the command line as attributes, with their defaults."""
        return Table(self._namespace, Span(0, len(self._text)))

    def operation(self, statement: t.AugAssign) -> str:
        """The operator of ``x *= 8`` by its name in ``ast``."""
        between = self._text[statement.target.end : statement.value.start]
        found = _OPERATOR.search(between)
        return _NAMES[found[1]] if found else ""

    def parsers(self, script: Unit) -> list[Unit]:
        """The options of each parser of several; those of a single one belong to the script."""
        units: dict[tuple[int, str], Unit] = {}
        several = len(self._made) > 1
        for parser, unit_name, option, value in self._options:
            if several and parser in self._made:
                title = " ".join(word for word in (unit_name, parser[1]) if word)
                unit = units.setdefault(parser, Unit(title, len(self._text)))
                unit.bind(option, value, again=False)
            else:
                script.bind(option, value, again=False)
        return list(units.values())

    def _option(self, call: t.Call, scope: Scope, unit: Unit, parser: t.Expr | None) -> bool:
        names = [
            argument.value.value
            for argument in call.args
            if argument.keyword is None
            and isinstance(argument.value, t.Const)
            and isinstance(argument.value.value, str)
        ]
        given = {argument.keyword: argument.value for argument in call.args if argument.keyword}
        if not names:
            return False
        option = max(names, key=len)
        if parser is None and not option.startswith("-") and len(call.args) > 1:
            default: t.Expr | None = given.get("default", call.args[1].value)  # DEFINE_float
            option = f"--{names[0]}"
        else:
            default = given.get("default")
        if default is None:
            return True
        value = self._values.read(default, scope)
        destination = given.get("dest")
        word = option.lstrip("-").replace("-", "_")
        if isinstance(destination, t.Const) and isinstance(destination.value, str):
            word = destination.value
        self._namespace[word] = value
        if isinstance(value, Scalar) and value.opaque and axis_of(option) is None:
            return True
        if parser is None:
            unit.entries[option] = value
            return True
        key = (scope.number, parser.id if isinstance(parser, t.Name) else "")
        self._options.append((self._parser_of.get(key, key), unit.name, option, value))
        return True

    def _arguments(
        self, call: t.Call, name: str, settings: Settings, scope: Scope, unit: Unit, target: str
    ) -> None:
        entries = dict(self._values.table(call, scope).entries)
        positional = [a.value for a in call.args if a.keyword is None and not a.star]
        for parameter, value in zip(settings.params, positional, strict=False):
            entries.setdefault(parameter, self._values.read(value, scope))
        kept: dict[str, Node] = {
            key: value
            for key, value in entries.items()
            if not (isinstance(value, Scalar) and value.opaque and axis_of(key) is None)
        }
        if settings.named:
            kept = {CLASS_KEY: Scalar(name.rpartition(".")[2], call.func.span, True), **kept}
        if settings.kind == "dataloader" and self._evaluates(positional, target):
            kept = {"eval": Table(kept, call.span)}
        unit.call(settings.kind, target, Table(kept, call.span))

    def _evaluates(self, positional: list[t.Expr], target: str) -> bool:
        data = self._text[positional[0].start : positional[0].end] if positional else ""
        return has_word(f"{target} {data}", self._known.evaluation)
