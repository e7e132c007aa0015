"""A study is optimised, and its trials reach no tracker.

A study that is given no storage lives in the memory of its process: when the script ends, the best
parameters that it printed are all that is left of a hundred trainings. What the other trials
scored, how close the second best came and which seed it took is gone, and the search cannot be
compared with the runs around it.

One run for each trial, in the tracker that the other runs are in:

    def objective(trial):
        lr = trial.suggest_float("lr", 1e-5, 1e-1, log=True)
        with wandb.init(
            project="cells",
            group="search",
            config={**trial.params, "seed": SEED},
            reinit="finish_previous",
        ) as run:
            loss = train(lr)
            run.log({"val_loss": loss})
        return loss

Or a plain callback and one run for the whole search:

    def log_trial(study, trial):
        run.log({"value": trial.value, **trial.params}, step=trial.number)

    study.optimize(objective, n_trials=100, callbacks=[log_trial])

Both are run by the test suite (offline; wandb 0.31 with Optuna 5.0). `WeightsAndBiasesCallback`
counts as tracking, but it is deprecated since Optuna 4.9 and goes in 6. A storage is enough as well
(`optuna.create_study(storage="sqlite:///search.db")`).

A note. Asked where the whole run is in sight and keeps nothing. What silences it, each by the flow
of the run and never by a word in the text:

- a storage of the study, or anything for `storage` that cannot be read;
- a tracker of any kind that is started or logged to, in the objective, a callback or elsewhere,
  even behind an option (W&B, MLflow, TensorBoard, Comet, Neptune, Aim, ClearML, CSV loggers);
- a file that is opened to be written, a table, array or picture that is saved, a log with a file;
- all trials taken from the study (`study.trials`, `get_trials`, `trials_dataframe`), if not only
  to count them;
- a framework's trainer, which may write logs by itself; another process that is started;
- a callback that is no function of the project, and a call of anything that nobody here knows;
- a notebook, which keeps what it printed.

Weights that are saved are no result: `torch.save(model.state_dict(), path)` does not silence it.

Ignore it in a search whose answer is all that is wanted. There is no fix: the name of the project
and of the metric are choices.
"""

from collections.abc import Iterator

from triptych_lint.model import Severity
from triptych_lint.rule import Ask, rule
from triptych_lint.timeline import Timeline
from triptych_lint.timeline.tracked import untracked_searches


@rule(
    "TRP102",
    "optuna-not-tracked",
    question="Where do the trials of `{search}` on line {line} go? The study has no storage, and"
    " nothing logs them to a tracker.",
    statement="The trials of `{search}` on line {line} reach no tracker and no storage.",
    severity=Severity.NOTE,
    needs={"search"},
)
def optuna_not_tracked(timeline: Timeline) -> Iterator[Ask]:
    """Ask about searches of which only the best parameters are left."""
    run, module = timeline.main, timeline.module
    if not timeline.is_entry or not run.complete:
        return
    for search in untracked_searches(timeline):
        place, study = search.place_in(module), search.receiver
        made = getattr(study, "made", None)
        yield Ask(
            at=place,
            fields={"search": search.short_in(module)},
            evidence=((made.place_in(module), "lives in memory"),) if made is not None else (),
        )
