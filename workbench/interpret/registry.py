"""The methods, by name. A new one is a class in a file and a row here."""

from collections.abc import Mapping
from types import MappingProxyType

from workbench.interpret.attribution.cam import GradCam, LayerGradCam
from workbench.interpret.attribution.deeplift import DeepLift
from workbench.interpret.attribution.gradients import (
    GradientShap,
    InputXGradient,
    IntegratedGradients,
    SmoothGrad,
)
from workbench.interpret.attribution.layers import LayerDeepLift, LayerIntegratedGradients
from workbench.interpret.attribution.perturbation import FeatureAblation, KernelShap, Lime, Occlusion
from workbench.interpret.contrast import Contrast
from workbench.interpret.layerwise import Activations, Gradients, GradientXActivation
from workbench.interpret.maximisation import Maximisation
from workbench.interpret.method import Method
from workbench.interpret.representation.cka import Cka, CkaOfModels
from workbench.interpret.representation.confusion_by_layer import ConfusionByLayer
from workbench.interpret.representation.linear_probe import LinearProbe
from workbench.interpret.representation.pca import Pca
from workbench.interpret.representation.tsne import Tsne
from workbench.interpret.representation.umap import Umap
from workbench.interpret.saliency import Saliency
from workbench.interpret.surrogates.dependence import PartialDependence
from workbench.interpret.surrogates.importance import PermutationImportance
from workbench.interpret.surrogates.linear import LinearSvm
from workbench.interpret.surrogates.tree import DecisionTree
from workbench.interpret.top_samples import TopSamples
from workbench.interpret.weights import Weights

METHODS: Mapping[str, Method] = MappingProxyType(
    {
        method.name: method
        for method in (
            Activations(),
            Gradients(),
            GradientXActivation(),
            Weights(),
            Saliency(),
            InputXGradient(),
            IntegratedGradients(),
            SmoothGrad(),
            GradCam(),
            DeepLift(),
            Occlusion(),
            FeatureAblation(),
            GradientShap(),
            KernelShap(),
            Lime(),
            LayerGradCam(),
            LayerIntegratedGradients(),
            LayerDeepLift(),
            TopSamples(),
            Maximisation(),
            Pca(),
            Tsne(),
            Umap(),
            LinearProbe(),
            Cka(),
            CkaOfModels(),
            ConfusionByLayer(),
            Contrast(),
            DecisionTree(),
            LinearSvm(),
            PartialDependence(),
            PermutationImportance(),
        )
    }
)
"""Each with its default params; ``type(METHODS[name])(of="score")`` has others."""
