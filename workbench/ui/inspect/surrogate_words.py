"""How faithful a surrogate is, in plain words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from workbench.interpret.surrogates.fitting import Fidelity

TRUSTED = 0.9
"""Fidelity below which what a surrogate says of the network is to be doubted."""
_SPACE = "\N{NO-BREAK SPACE}"


def verdict(name: str, judged: Fidelity, *, classes: bool) -> tuple[str, str]:
    """Return a sentence on how far "the tree" answers as the network does, and the role of its label."""
    say = QCoreApplication.translate
    if classes:
        text = say(
            "surrogate", "{} answers as the network does for {} of the {} samples it wasn’t fitted to."
        )
        told = text.format(name, _per_cent(judged.fidelity), judged.held)
    else:
        text = say(
            "surrogate", "{} follows the network’s values with R² {} on the {} samples it wasn’t fitted to."
        )
        told = text.format(name, _number(judged.fidelity), judged.held)
    if judged.fidelity >= TRUSTED:
        return told, "good"
    doubt = say("surrogate", "Take what it says of the network with caution.")
    return f"{told} {doubt}", "warning"


def against_truth(name: str, judged: Fidelity, *, classes: bool) -> str:
    """Return how right the surrogate is, beside the network."""
    say = QCoreApplication.translate
    show = _per_cent if classes else _number
    what = say("surrogate", "Accuracy") if classes else "R²"
    text = say("surrogate", "{} against the truth: {} {}, the network {}. Fitted to {} samples.")
    return text.format(what, name, show(judged.own), show(judged.network), judged.fitted)


def _per_cent(share: float) -> str:
    return f"{100 * share:.3g}{_SPACE}%"


def _number(value: float) -> str:
    return f"{value:.2f}"
