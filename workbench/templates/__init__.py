"""Known architectures to start from, and the blocks that ship."""

from workbench.templates.base import Template
from workbench.templates.blocks.base import LayerBlock
from workbench.templates.blocks.registry import BLOCKS
from workbench.templates.blocks.typed import block_suggestions
from workbench.templates.registry import TEMPLATES, template_named

__all__ = ["BLOCKS", "TEMPLATES", "LayerBlock", "Template", "block_suggestions", "template_named"]
