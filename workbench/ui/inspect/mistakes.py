"""The next sample that a model gets wrong."""

from __future__ import annotations

from workbench.ui.inspect.inspected import MakeSubject


def next_mistake(make: MakeSubject, after: int) -> int | None:
    """Return the number of the next sample that is answered wrongly, from the first again; None for none.

    Raises `UserError`.
    """
    from workbench.evaluate.predict import predict

    subject = make(None)
    numbers, targets = subject.chosen(), subject.dataset.targets
    found = predict(subject.model, subject.dataset, numbers, loss=subject.loss)
    wrong = numbers[found.labels != targets[numbers]]
    if not len(wrong):
        return None
    later = wrong[wrong > after]
    return int(later[0] if len(later) else wrong[0])
