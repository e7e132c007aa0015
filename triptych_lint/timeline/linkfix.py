"""The fix that makes a link of a frame."""

from __future__ import annotations

from triptych_lint import tree as t
from triptych_lint.edits import spelled
from triptych_lint.model import Edit, Fix, Safety
from triptych_lint.timeline.build import Timeline
from triptych_lint.timeline.events import Event


def as_link(timeline: Timeline, frame: Event) -> Fix | None:
    """Turn ``components.iframe(URL, ...)`` of Streamlit, as a statement, into a link button."""
    module = timeline.module
    statement = frame.stack[-1].path[-1]
    args = frame.facts["args"]
    node = args.node if args is not None else None
    streamlit = spelled(module, "streamlit", frame.place.span.start)
    if (
        frame.place.module is not module
        or frame.facts["shows"] != "url"
        or not frame.name.startswith("streamlit.")
        or streamlit is None
        or not isinstance(statement, t.ExprStmt)
        or not isinstance(node, t.Call)
        or statement.value is not node
    ):
        return None
    url = next((arg for arg in node.args if arg.keyword in (None, "src")), None)
    if url is None or url.star:
        return None
    text = f'{streamlit}.link_button("Open the Optuna Dashboard", {module.text(url.value)})'
    return Fix(Safety.SAFE, "Link to the dashboard instead", (Edit(node.span, text),))
