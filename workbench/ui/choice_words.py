"""Choices of training and search as people read them; documents and the command line keep the short names."""

from __future__ import annotations

_WORDS = {
    "schedule": {
        "constant": "Constant",
        "step": "Step",
        "exponential": "Exponential",
        "polynomial": "Polynomial",
        "cosine": "Cosine",
        "cosine_restarts": "Cosine, restarts",
        "one_cycle": "One cycle",
        "plateau": "On plateau",
    },
    "loss": {
        "auto": "Automatic",
        "cross_entropy": "Cross-entropy",
        "nll": "NLL",
        "bce": "BCE",
        "bce_with_logits": "BCE with logits",
        "kl_div": "KL divergence",
        "cosine": "Cosine",
        "triplet": "Triplet",
        "ctc": "CTC",
        "mse": "MSE",
        "l1": "L1",
        "huber": "Huber",
    },
    "class_weights": {"equal": "Equal", "balanced": "Balanced"},
    "sampler": {"tpe": "TPE", "gp": "GP", "random": "Random", "grid": "Grid"},
    "pruner": {"median": "Median", "hyperband": "Hyperband", "none": "None"},
}
"""By the setting. Names of PyTorch's own, such as AdamW or float32, stay as they are."""


def said(setting: str, value: str) -> str:
    """Return a choice in words, such as "One cycle"; one that has none is returned as it is."""
    return _WORDS.get(setting, {}).get(value, value)
