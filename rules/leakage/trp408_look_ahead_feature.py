"""A feature of today is computed from the rows of tomorrow.

`shift(-1)` brings the next row's value up, `rolling(center=True)` looks as far ahead as back, and
`merge_asof(direction="forward")` joins what happens later. As a label this is how a forecast is set
up. As a feature it is an answer that nobody has when the model is used: the score is excellent and
does not last.

    prices["next"] = prices["close"].shift(-1)
    prices["up"] = prices["next"] > prices["close"]
    X, y = prices.drop(columns="up"), prices["up"]           # `next` stays among the features

    X, y = prices.drop(columns=["up", "next"]), prices["up"]

Asked where a column that is written from later rows is certainly among the features that a model is
fitted on, by name or because the table keeps all columns but some. Left alone: the label itself,
columns that are dropped, and tables of which nobody knows what they hold. Gaps that are filled from
later rows (`bfill`, `interpolate`) are a note, and asked about only where the script shows that its
rows have an order in time.

Ignore it where the later rows are known when the model is used, as in a batch that is labelled
afterwards. There is no fix: which of two columns is the label is the script's own decision.
"""

from collections.abc import Iterator

from triptych_lint.rule import Ask, Severity, rule
from triptych_lint.timeline import Event, Run, Sure, Timeline
from triptych_lint.timeline.moments import AHEAD, columns_with, features_and_label, holds


@rule(
    "TRP408",
    "look-ahead-feature",
    question={
        "": "Will `{column}` be known when the model is used? `{call}` on line {line} takes it from"
        " later rows, and `{fit}` on line {fit_line} learns from it.",
        "filled": "Are the gaps of `{column}` meant to be filled from later rows? `{call}` on line"
        " {line} does so, and `{fit}` on line {fit_line} learns from them.",
    },
    statement={
        "": "`{column}` comes from later rows by `{call}` on line {line}, and is a feature of"
        " `{fit}` on line {fit_line}.",
        "filled": "`{call}` on line {line} fills `{column}` from later rows, and `{fit}` on line"
        " {fit_line} learns from it.",
    },
    needs={"order"},
)
def look_ahead_feature(timeline: Timeline) -> Iterator[Ask]:
    """Ask about each column from later rows that a model is certainly fitted on."""
    asked: set[str] = set()
    for run in timeline.runs:
        if not run.complete:
            continue
        for fit in run.of("train", at_least=Sure.YES):
            pair = features_and_label(fit)
            if pair is None:
                continue
            features, label = pair
            for write, source in columns_with(run, AHEAD, fit):
                named = write.name in asked or write.name in label.taken
                filled = source.facts["row"].get("looks_ahead") is True
                if named or not holds(features, write) or (filled and not _has_order(run)):
                    continue
                asked.add(write.name)
                yield _ask(timeline, write, source, fit, "filled" if filled else "")


def _has_order(run: Run) -> bool:
    """Whether the script shows elsewhere that its rows have an order in time."""
    return run.has("moment") or any(
        event.facts["row"].get("time") == "order" for event in run.of("order")
    )


def _ask(timeline: Timeline, write: Event, source: Event, fit: Event, variant: str) -> Ask:
    module = timeline.module
    at, place = source.place_in(module), fit.place_in(module)
    return Ask(
        at=at,
        variant=variant,
        severity=Severity.NOTE if variant else None,
        fields={
            "column": write.name,
            "call": source.short_in(module),
            "fit": fit.short_in(module),
            "fit_line": place.line,
        },
        evidence=(
            (at, "sees later rows"),
            (write.place_in(module), f"written to `{write.name}`"),
            (place, "fitted on it"),
        ),
    )
