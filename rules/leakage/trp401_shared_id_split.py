"""Rows that share an id are split at random, so that one id reaches both sides.

A model that has seen seven scans of a patient recognises the eighth. With eight rows for each
patient and labels of pure noise, a random split scored +0.49 above an honest one (measured). With
one row for each id the effect was 0.000: the column alone proves nothing.

    ids = table["patient_id"]
    train, test = train_test_split(table)

    train_idx, test_idx = next(GroupShuffleSplit().split(table, groups=table["patient_id"]))

Asked where the flow shows the id on the rows that are split: a column that is read, grouped by
without being aggregated, counted or merged on, or ids parsed from the names of the files. Settled
by `groups=` with a splitter that knows groups, by a split of the unique ids, by `drop_duplicates`
or an aggregation to one row for each id, and by an assertion about the column. A row number, a
column that is only dropped, and ids of another table are never asked about.

Ignore it where each id is known to stand on one row.

The fix splits by the id: `train_test_split` becomes `GroupShuffleSplit`, which gives the same
outputs, and `KFold` the class for groups. It is offered where a name of the same block still holds
the ids of the very rows that are split. It is unsafe: the sides change and so does the score, a
share is one of the groups and no longer of the rows, the rows stay in their order, and `stratify`
has no counterpart there (`StratifiedGroupKFold` has one). `GroupKFold` takes `shuffle` since
scikit-learn 1.6.
"""

from collections.abc import Iterator

from triptych_lint.rule import Ask, Safety, rule
from triptych_lint.timeline import Event, Run, Sure, Timeline
from triptych_lint.timeline.groups import Group, groups_of, keeps_groups
from triptych_lint.timeline.groupsplit import split_by_groups


@rule(
    "TRP401",
    "shared-id-split",
    question="Does the same `{column}` reach both sides? `{split}` on line {line} splits the rows"
    " at random, and `{column}` {seen} on line {seen_line}.",
    statement="`{split}` splits at random rows that share a `{column}`.",
    safety=Safety.UNSAFE,
    needs={"split"},
)
def shared_id_split(timeline: Timeline) -> Iterator[Ask]:
    """Ask about random splits of rows on which an id was seen."""
    asked: set[int] = set()
    for run in timeline.runs:
        if not run.complete:
            continue
        for split in run.of("split", at_least=Sure.YES):
            place = _origin(split).place_in(timeline.module)
            if place.span.start in asked or not _is_random(split) or keeps_groups(run, split):
                continue
            group = next(iter(groups_of(timeline, run, split)), None)
            if group is not None:
                asked.add(place.span.start)
                yield _ask(timeline, run, split, group)


def _origin(split: Event) -> Event:
    """Where the sides were drawn: slices split what a permutation has shuffled before."""
    return split.facts.get("shuffle") or split


def _is_random(split: Event) -> bool:
    return split.facts["random"] is Sure.YES and not split.facts.get("group_aware")


def _ask(timeline: Timeline, run: Run, split: Event, group: Group) -> Ask:
    module = timeline.module
    seen = group.seen[0].place_in(module)
    at = _origin(split).place_in(module)
    return Ask(
        at=at,
        fields={
            "column": group.column,
            "split": _origin(split).short or "the mask",
            "seen": group.how,
            "seen_line": seen.line,
        },
        evidence=((seen, f"`{group.column}` {group.how}"), (at, "split at random here")),
        fix=split_by_groups(timeline, run, split, group),
    )
