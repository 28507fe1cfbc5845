"""Train a model until it passes a test."""

from itertools import islice

from lstm_lib.train import TrainingDiverged, updates

EVERY = 25  # updates between two tests


def updates_to_pass(passes, most, *training, **options):
    """The update at which `passes` first says yes, asked every 25 updates; None when it never does.

    `passes` is given the update; `training` and `options` are those of `lstm_lib.train.updates`.
    """
    try:
        for update in islice(updates(*training, **options), most):
            if update.step % EVERY == 0 and passes(update):
                return update.step
    except TrainingDiverged:  # the model then has its best parameters back
        pass
    return None


def found(step, size, error, **more):
    """What a trial gives: `step` is that of `updates_to_pass`, `size` the sequences of an update."""
    return {
        "solved": step is not None,
        "sequences": None if step is None else step * size,
        "updates": step,
        "error": float(f"{error:.4g}"),
        **more,
    }
