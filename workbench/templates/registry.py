"""The templates, by name. A new one is a class in a file and a row here."""

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

from workbench.errors import UserError
from workbench.templates.autoencoder import VAE, Autoencoder, ConvAutoencoder
from workbench.templates.base import Template
from workbench.templates.densenet import DenseNet121
from workbench.templates.dncnn import DnCNN
from workbench.templates.inception import GoogLeNet, SmallInception
from workbench.templates.lenet import LeNet5
from workbench.templates.linear import LinearRegression, LogisticRegression, SoftmaxRegression
from workbench.templates.mlp import MLP
from workbench.templates.mobilenet import MobileNetV2
from workbench.templates.recommender import Recommender
from workbench.templates.recurrent import BiLSTM, GRUTagger
from workbench.templates.resnet import ResNet18, ResNet34, ResNet50
from workbench.templates.speech import SpeechRNN
from workbench.templates.text_cnn import TextCNN
from workbench.templates.transformer import GPT, TransformerClassifier
from workbench.templates.unet import UNet
from workbench.templates.vgg import VGG11, VGG16, AlexNet
from workbench.templates.vit import ViTTiny

TEMPLATES: Mapping[str, Template] = MappingProxyType(
    {
        template.name: template
        for template in (
            LinearRegression(),
            LogisticRegression(),
            SoftmaxRegression(),
            MLP(),
            LeNet5(),
            AlexNet(),
            VGG11(),
            VGG16(),
            ResNet18(),
            ResNet34(),
            ResNet50(),
            SmallInception(),
            GoogLeNet(),
            DenseNet121(),
            MobileNetV2(),
            ViTTiny(),
            UNet(),
            DnCNN(),
            Autoencoder(),
            ConvAutoencoder(),
            VAE(),
            TextCNN(),
            BiLSTM(),
            GRUTagger(),
            TransformerClassifier(),
            GPT(),
            SpeechRNN(),
            Recommender(),
        )
    }
)
"""Each with its default params; ``type(TEMPLATES[name])(width=32)`` has others."""


def template_named(name: str) -> Template:
    """Return a template with its default params. Raises `UserError` with the names where there is none."""
    if name not in TEMPLATES:
        near = get_close_matches(name, TEMPLATES, 1)
        hint = f"Did you mean {near[0]!r}? " if near else ""
        raise UserError(f"no template is called {name!r}.", remedy=f"{hint}'workbench templates' lists them.")
    return TEMPLATES[name]
