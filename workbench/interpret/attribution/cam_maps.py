"""Grad-CAM of a sample: the map, and how it lies over the input."""

from __future__ import annotations

from dataclasses import replace

import torch
from captum.attr import LayerGradCam as Captum
from torch import Tensor
from torch.nn.functional import interpolate

from workbench.errors import UserError
from workbench.interpret.attribution.answer import Answer, answering
from workbench.interpret.attribution.shapes import feature_maps, needed_of, specs_of
from workbench.interpret.capture import array, known
from workbench.interpret.method import Result
from workbench.interpret.subject import Subject

SHOWN = 8
"""So many layers with feature maps are named; of more, the last three."""
_MODES = {1: "linear", 2: "bilinear", 3: "trilinear"}


def grad_cam(subject: Subject) -> Result:
    """Return the map above 0 of a layer with feature maps, upsampled to the sample. Raises `UserError`."""
    with answering(_at_maps(subject), "layer") as answer:
        found = _map(answer, above_zero=True)
        note = f"Grad-CAM of {answer.seen.of} at layer {answer.entrance}."
        laid = _over(found, answer)
        if laid is None:
            note += " The map is in the layer's places: those of the input are others."
        result = answer.result(found if laid is None else laid, note, map=array(found[0, 0]))
        arrays = {name: result.arrays[name] for name in ("attribution", "map")}
        return replace(result, arrays={**arrays, "input": array(answer.sample[0])})


def layer_grad_cam(subject: Subject) -> Result:
    """Return captum's attribution of a layer. Raises `UserError`."""
    chosen = subject if subject.layer else _at_maps(subject)
    with answering(chosen, "layer") as answer:
        note = f"Channels of layer {answer.entrance}, weighted by the mean gradient of {answer.seen.of}."
        return answer.result(_map(answer, above_zero=False), note)


def _map(answer: Answer, *, above_zero: bool) -> Tensor:
    """(1, 1, *positions), channels summed."""
    scored = answer.scored()
    found: Tensor = Captum(scored, scored.entrance).attribute(answer.leaf(), relu_attributions=above_zero)
    return found.detach()


def _at_maps(subject: Subject) -> Subject:
    """The subject at its layer, or the last with feature maps. Raises `UserError` where there are none."""
    model = subject.model
    known(model, [subject.layer] if subject.layer else None)
    maps = feature_maps(model.graph, specs_of(model.graph))
    if subject.layer in maps:
        return subject
    if subject.layer:
        raise UserError(
            "its output is no feature maps: channels, each with a value a position.",
            place=f"layer {subject.layer}",
            remedy=_offered(maps) if maps else "Use integrated gradients.",
        )
    used = [name for name in maps if name in needed_of(model.graph)]
    if not used:
        raise UserError(
            "no layer of this stack has feature maps, which Grad-CAM is of.",
            place="model",
            remedy="Use integrated gradients.",
        )
    return replace(subject, layer=used[-1])


def _offered(maps: tuple[str, ...]) -> str:
    """The last of many: Grad-CAM is mostly of those, and a deep network has hundreds."""
    if len(maps) <= SHOWN:
        return f"Choose one of {', '.join(maps)}."
    return f"Choose one of the {len(maps):,} that are, such as the last: {', '.join(maps[-3:])}."


def _over(found: Tensor, answer: Answer) -> Tensor | None:
    """The map over the sample, (1, *sample); None where its positions aren't the sample's."""
    shape, directions = answer.sample.shape[1:], found.dim() - 2
    in_time = answer.subject.dataset.kind == "sequence" or answer.sample.dtype == torch.int64
    if directions == 1 and in_time and len(shape) <= 2:
        laid: Tensor = interpolate(found, shape[0], mode="linear", align_corners=False)[0, 0]
        return laid.reshape(-1, *[1] * (len(shape) - 1)).expand(shape)[None]
    if directions > len(shape) or directions not in _MODES:
        return None
    laid = interpolate(found, shape[-directions:], mode=_MODES[directions], align_corners=False)
    return laid[0, 0].expand(shape)[None]
