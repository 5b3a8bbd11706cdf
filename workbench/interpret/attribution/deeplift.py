"""Attribution by differences from a baseline, carried back through the layers."""

from __future__ import annotations

from typing import ClassVar, Literal

from workbench.interpret.attribution.params import BaselineField
from workbench.interpret.method import Layers, Method, Result
from workbench.interpret.subject import Subject


class DeepLift(Method):
    """Arrays ``attribution`` and ``input``, in the sample's shape; for ids a number each.

    The rescale rule; of a class's score before a last Softmax. Figures as `completeness` gives them.
    """

    name = "deeplift"
    title = "DeepLIFT"
    help = (
        "What each value of the input adds to a class's score, compared with a baseline: differences carried"
        " back through each activation. Shrikumar et al., 2017."
    )
    layers: ClassVar[Layers] = "input"
    at: ClassVar[Literal["vectors", "layer"]] = "vectors"

    baseline: BaselineField = "auto"

    def run(self, subject: Subject) -> Result:
        """See `Method.run`. Raises `UserError` for a stack with a layer that DeepLIFT has no rule for."""
        import copy

        from torch import nn

        from workbench.interpret.attribution.answer import answering
        from workbench.interpret.attribution.baseline import baseline_at
        from workbench.interpret.attribution.completeness import completeness
        from workbench.interpret.attribution.deeplift_rules import final_softmax, layers_behind
        from workbench.interpret.attribution.rescale import RescaleDeepLift, apart

        with answering(subject, self.at) as answer:
            layers_behind(subject.model, answer.entrance, answer.read)  # refuses before anything is copied
            start, words = baseline_at(answer, self.baseline)
            # captum sets hooks and attributes on the modules
            model = copy.deepcopy(subject.model)
            softmax = final_softmax(model.graph)
            if softmax:
                model.set_submodule(softmax, nn.Identity())
            behind = layers_behind(model, answer.entrance, answer.read)
            apart(behind)
            scored = answer.scored(model)
            difference = answer.difference(scored, start)
            found = RescaleDeepLift(scored, behind).attribute(answer.leaf(), start)
            figures = completeness(found, difference)
            of = answer.seen.of + (f" before {softmax}" if softmax else "")
            return answer.result(found, f"DeepLIFT of {of} from {words}.", figures)
