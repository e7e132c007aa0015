"""The Optuna Dashboard is shown in a frame inside another page.

It is laid out for a whole window and fights the panel that it is embedded in: it has no layout for
small screens, and where it was tried it cost four scripts and a `min-width: 1400px` clamp. What
works is a link to it, and Optuna used for its search, headless, with the metrics of the trials in
the tracker that the other runs are in.

    components.iframe(OPTUNA_URL, height=900)

    st.link_button("Open the Optuna Dashboard", OPTUNA_URL)

Asked where the dashboard (an object of `optuna_dashboard`, or a URL that is bound to its name)
flows into a frame. A port or a style proves nothing, and links, stand-alone launches and Optuna's
own charts are right. A suggestion: in a project that has no tracker, embedding can be the choice.
"""

from collections.abc import Iterator

from triptych_lint.rule import Ask, Severity, rule
from triptych_lint.timeline import Timeline
from triptych_lint.timeline.linkfix import as_link


@rule(
    "TRP101",
    "optuna-dashboard-embedded",
    question="Would a link do? `{call}` on line {line} shows the Optuna Dashboard in a frame, and"
    " it is laid out for a whole window.",
    statement="`{call}` shows the Optuna Dashboard in a frame.",
    severity=Severity.NOTE,
    needs={"frame"},
)
def optuna_dashboard_embedded(timeline: Timeline) -> Iterator[Ask]:
    """Ask about frames that the dashboard flows into."""
    asked: set[int] = set()
    for run in timeline.runs:
        for frame in run.of("frame"):
            place = frame.place_in(timeline.module)
            own = frame.place.module is timeline.module
            if not own or frame.facts["dashboard"] != "optuna-dashboard":
                continue
            if place.span.start not in asked:
                asked.add(place.span.start)
                yield Ask(at=place, fields={"call": frame.short}, fix=as_link(timeline, frame))
