"""Exploration or formalization: whether the mentor asks, or states and does.

In exploration (the default) principles come as questions. In formalization what is safe is applied
in silence, what changed the result gets one line, and what is left is stated as a plain fact.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from triptych_lint.mentor.words import read
from triptych_lint.model import Diagnostic, FileReport, Safety
from triptych_lint.settings import EXPLORATION, FORMALIZATION, MODES, SettingsError

VARIABLE = "TRIPTYCH_MODE"
SESSION = Path("workspace", "research", "session.json")


def mode_of(folder: Path | None, chosen: str | None, setting: str | None) -> str:
    """How to speak: as the command line, the environment, the settings or Triptych's session say.

    ``folder`` is where such a session is looked for, and in the folders above it.

    Raises:
        SettingsError: if the environment names no mode.
    """
    named = os.environ.get(VARIABLE) or None
    if chosen is None and named is not None and named not in MODES:
        message = read("mode.yaml")["unknown"].format(modes=", ".join(MODES), found=named)
        raise SettingsError(f"{VARIABLE}: {message}")
    return chosen or named or setting or (phase_of(folder) if folder else None) or EXPLORATION


def phase_of(folder: Path) -> str | None:
    """The phase of the Triptych session that ``folder`` is in, if it is in one."""
    for parent in (folder, *folder.parents):
        try:
            session = json.loads((parent / SESSION).read_bytes())
        except (OSError, ValueError):
            if (parent / ".git").exists():
                return None
            continue
        phase = session.get("phase") if isinstance(session, dict) else None
        return phase if phase in MODES else None
    return None


def is_formal(mode: str) -> bool:
    return mode == FORMALIZATION


def stated(report: FileReport) -> FileReport:
    """A report whose questions are put as plain facts."""
    told = [replace(d, question=d.message) for d in report.diagnostics]
    return replace(report, diagnostics=told)


def changes(fixed: Iterable[Diagnostic]) -> Iterator[str]:
    """One line for each fix that changed what the run computes."""
    for diagnostic in fixed:
        if diagnostic.fix is None or diagnostic.fix.safety is not Safety.UNSAFE:
            continue
        region = diagnostic.region
        cell = "" if region.cell is None else f"cell {region.cell}:"
        message = diagnostic.fix.message
        yield read("mode.yaml")["changed"].format(
            path=region.filename,
            line=f"{cell}{region.start.row}",
            done=message[:1].lower() + message[1:] if message[1:2].islower() else message,
            code=diagnostic.code,
        )
