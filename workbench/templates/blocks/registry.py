"""The blocks that ship, by name. A new one is a class in a file and a row here."""

from collections.abc import Mapping
from types import MappingProxyType

from workbench.templates.blocks.base import LayerBlock
from workbench.templates.blocks.dense import DenseBlock
from workbench.templates.blocks.inception import Inception
from workbench.templates.blocks.inverted import InvertedResidual
from workbench.templates.blocks.residual import Bottleneck, Residual
from workbench.templates.blocks.squeeze import SqueezeExcitation
from workbench.templates.blocks.transformer import TransformerBlock
from workbench.templates.blocks.unet import UNet

BLOCKS: Mapping[str, type[LayerBlock]] = MappingProxyType(
    {
        block.__name__: block
        for block in (
            Residual,
            Bottleneck,
            Inception,
            SqueezeExcitation,
            DenseBlock,
            InvertedResidual,
            TransformerBlock,
            UNet,
        )
    }
)
