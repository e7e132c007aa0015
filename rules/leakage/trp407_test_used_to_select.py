"""The rows that a choice was made on are those that its score is reported on.

Early stopping keeps the round that happens to do best on the rows it watches, and a loop over
settings keeps the best of many: that the winner was lucky is part of its score. The best of 60
settings, chosen on the test side, scored +0.055 above an honest estimate; the best of 300 rounds
of boosting on labels of pure noise, +0.061 (both measured).

    model.fit(X_train, y_train, eval_set=[(X_test, y_test)], early_stopping_rounds=50)
    print(accuracy_score(y_test, model.predict(X_test)))

    X_fit, X_valid, y_fit, y_valid = train_test_split(X_train, y_train)
    model.fit(X_fit, y_fit, eval_set=[(X_valid, y_valid)], early_stopping_rounds=50)
    print(accuracy_score(y_test, model.predict(X_test)))

Asked where early stopping, or a checkpoint of the best epoch, watches held-out rows and the model
is then scored on the same; and where a loop scores each setting, or each of several models, on
them and the best is taken, or a last model of that kind is scored on them once more. A third part,
another file that is predicted in the end, folds, and rows that are called validation rows and no
test are right. So is a curve over the settings that nothing follows.

Ignore it where the score is only compared with others that were chosen in the same way.
"""

from collections.abc import Iterator

from triptych_lint.rule import Ask, rule
from triptych_lint.timeline import Timeline
from triptych_lint.timeline.selection import Choice, choices


@rule(
    "TRP407",
    "test-used-to-select",
    question={
        "stops": "Are there rows on which nothing was chosen? `{at}` keeps what is best on {rows},"
        " and line {report_line} reports the score on the same.",
        "loop": "Are there rows on which nothing was chosen? Each pass of the loop is scored on"
        " {rows}, and line {report_line} relies on that score.",
    },
    statement={
        "stops": "`{at}` keeps what is best on the rows that line {report_line} reports a score"
        " on.",
        "loop": "Each pass of the loop is scored on the rows that the result is reported on.",
    },
    needs={"train"},
)
def test_used_to_select(timeline: Timeline) -> Iterator[Ask]:
    """Ask about each choice that is made on the rows of its own report."""
    run = timeline.main
    asked: set[object] = set()
    for choice in choices(run) if run.complete else ():
        if choice.at.node not in asked:
            asked.add(choice.at.node)
            yield _ask(timeline, choice)


def _ask(timeline: Timeline, choice: Choice) -> Ask:
    module = timeline.module
    at, report = choice.at.place_in(module), choice.report.place_in(module)
    told = "watches these rows" if choice.how == "stops" else "each pass is scored here"
    return Ask(
        at=at,
        variant=choice.how,
        fields={"at": choice.at.short_in(module), "rows": choice.rows, "report_line": report.line},
        evidence=((at, told), (report, "reported on the same rows")),
    )
