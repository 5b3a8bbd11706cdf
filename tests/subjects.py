"""What each method of the registry can be asked on the small network of the fixtures."""

from __future__ import annotations

import copy
from typing import Any

from workbench.interpret.method import Method
from workbench.interpret.subject import Subject


def subject_for(method: Method, model: Any, dataset: Any, layer: str = "conv1", **more: Any) -> Subject:
    """A subject that the method has something to say of."""
    return Subject(
        model,
        dataset,
        layer="" if method.layers == "input" else layer,
        sample=more.pop("sample", 3),
        other=copy.deepcopy(model) if method.scope == "models" else None,
        **more,
    )
