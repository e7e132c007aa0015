"""Groups are handed to a splitter that ignores them, or to `stratify`, which spreads them.

`KFold`, `StratifiedKFold` and `ShuffleSplit` take `groups=` and drop it with only a warning, and so
do `cross_val_score(cv=5, groups=...)` and `GridSearchCV(cv=5).fit(X, y, groups=...)` (established
by running). Every patient stands on both sides, and a model that knows the patient needs to know
nothing else: with eight rows for each and labels of pure noise that was worth +0.49 (measured).
`train_test_split(stratify=patient_id)` is the opposite of grouping: 10 of 10 ids were on both
sides.

    folds = KFold(n_splits=5)
    scores = cross_val_score(model, X, y, groups=patients, cv=folds)

    folds = GroupKFold(n_splits=5)
    scores = cross_val_score(model, X, y, groups=patients, cv=folds)

Nothing is guessed from names, except for `stratify`, where the column is an id by its name, and
nothing reads it afterwards as a label or a feature. A splitter that cannot be read, splitters that
are compared with one that knows groups, and `permutation_test_score`, which has its own use for
groups, are left alone.

Ignore it where the folds are meant to cut through the groups. The fix takes the class that does
the same for groups. It is unsafe, since the scores change, and no fold may be empty: `GroupKFold`
needs at least as many groups as folds (and takes `shuffle` since scikit-learn 1.6).
"""

from collections.abc import Iterator

from triptych_lint.rule import Ask, Safety, rule
from triptych_lint.timeline import Event, Sure, Timeline
from triptych_lint.timeline.groupfix import keep_groups
from triptych_lint.timeline.ignored import Ignored, ignored_groups, spread_groups


@rule(
    "TRP412",
    "groups-ignored",
    question={
        "": "Did we mean `{better}` on line {line}? `{splitter}` takes `groups` and ignores it, so"
        " that one `{group}` can stand on both sides.",
        "number": "Did we mean `cv={better}(...)` on line {line}? With {splitter} the `groups` are"
        " ignored, so that one `{group}` can stand on both sides.",
        "stratify": "Is each `{group}` meant to stand on both sides? `stratify` on line {line}"
        " spreads it over them, which is the opposite of keeping it together.",
    },
    statement={
        "": "`{splitter}` ignores the `groups` that it is given on line {line}.",
        "number": "With {splitter} the `groups` are ignored that line {line} hands over.",
        "stratify": "`stratify` on line {line} puts each `{group}` on both sides.",
    },
    safety=Safety.UNSAFE,
    needs={"split"},
)
def groups_ignored(timeline: Timeline) -> Iterator[Ask]:
    """Ask about groups that a split is given and does not keep together."""
    asked: set[int] = set()
    for run in timeline.runs:
        for split in run.of("split", at_least=Sure.YES):
            place = split.place_in(timeline.module)
            if place.span.start in asked:
                continue
            ignored = ignored_groups(timeline, split)
            if ignored is not None:
                asked.add(place.span.start)
                yield _ask(timeline, split, ignored)
            elif (column := spread_groups(run, split)) is not None:
                asked.add(place.span.start)
                fields = {"group": column, "line": place.line}
                evidence = ((place, f"each `{column}` goes to both sides here"),)
                yield Ask(place, fields, evidence, variant="stratify")


def _ask(timeline: Timeline, split: Event, ignored: Ignored) -> Ask:
    place, made = split.place_in(timeline.module), ignored.made
    chosen = () if made is None else ((made.place_in(timeline.module), "the splitter"),)
    return Ask(
        at=place,
        variant="" if made is not None else "number",
        fields={
            "better": ignored.better,
            "splitter": ignored.splitter,
            "group": ignored.group,
            "line": place.line,
        },
        evidence=((place, "groups are given here"), *chosen),
        fix=keep_groups(timeline, split),
    )
