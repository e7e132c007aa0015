"""The flake8 plugin: the same questions, asked where flake8 runs already."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from triptych_lint import __version__
from triptych_lint.configfile import SettingsFinder
from triptych_lint.runner import Mode, lint_bytes
from triptych_lint.settings import Settings, SettingsError

if TYPE_CHECKING:
    from argparse import Namespace
Answer = tuple[int, int, str, type[Any]]
BROKEN = "TRP000"
"""The code under which the plugin tells that it could not do its work."""


class Plugin:
    """Lints one file for flake8, with the settings file that is nearest to it.

    flake8 selects by code, applies ``# noqa`` and leaves out files that do not parse (E999). A
    rule that is off by default runs if flake8 is told to ``--extend-select`` it.
    """

    name = "triptych-lint"
    version = __version__
    _finder = SettingsFinder()

    def __init__(self, tree: ast.AST, filename: str, lines: Sequence[str]) -> None:
        self._filename = filename
        self._text = "".join(lines)

    @staticmethod
    def add_options(manager: Any) -> None:
        """Keep quiet about rules that are off by default, unless our own settings turn them on."""
        from triptych_lint.rule import all_rules

        try:
            enabled = SettingsFinder().at(".").enabled
        except SettingsError:
            enabled = Settings(root=SettingsFinder(isolated=True).at(".").root).enabled
        quiet = [rule.code for rule in all_rules().values() if not (rule.default or enabled(rule))]
        manager.extend_default_ignore(quiet)

    @classmethod
    def parse_options(cls, options: Namespace) -> None:
        """Stop flake8 with one line if the settings of the current folder cannot be used."""
        from flake8.exceptions import ExecutionError  # type: ignore[import-untyped]

        cls._finder = SettingsFinder()
        try:
            cls._finder.at(".")
        except SettingsError as error:
            raise ExecutionError(str(error)) from None

    def run(self) -> Iterator[Answer]:
        """``(row, column from zero, text, type)`` per question; never raises."""
        try:
            settings = self._finder.at(os.path.dirname(self._filename) or ".")
        except SettingsError as error:
            yield self._answer(1, 0, f"{BROKEN} {error}")
            return
        if settings.excluded(self._filename):
            return
        if settings.select is None:
            settings = replace(settings, select=("",))
        path = os.path.normpath(self._filename)
        report = lint_bytes(self._data(), path, settings, Mode.LINT).report
        for problem in report.problems:
            if problem.fatal:
                yield self._answer(1, 0, f"{BROKEN} {problem.message}")
        for asked in report.diagnostics:
            start = asked.region.start
            question = " ".join(asked.question.split())
            yield self._answer(start.row, start.column, f"{asked.code} {question}")

    def _data(self) -> bytes:
        """The file as bytes again; flake8 took away its BOM and its kind of newlines."""
        from tokenize import detect_encoding

        lines = iter(self._text.encode("utf-8").splitlines(keepends=True)[:2])
        encoding, _ = detect_encoding(lambda: next(lines, b""))
        return self._text.encode(encoding)

    def _answer(self, row: int, column: int, text: str) -> Answer:
        return row, column, text, type(self)
