"""The run, followed: ML events in the order in which a default run would meet them.

``values`` is what names stand for, ``events`` what happens; ``interpreter`` follows statements,
``evaluate`` expressions, ``calls`` the project's own functions and classes, ``effects`` what the
catalogue says of library calls, ``tables`` rows and their way into splits, ``options`` the defaults
of argument parsers. ``build`` makes the timeline of a module.
"""

from triptych_lint.timeline.build import Timeline, build
from triptych_lint.timeline.events import Event, Run, Sure

__all__ = ["Event", "Run", "Sure", "Timeline", "build"]
