"""The stack as a picture: a row a layer, with trunk and lanes, as the window draws it."""

from workbench.build.picture.draw import svg
from workbench.build.picture.look import DARK, LIGHT, Look

__all__ = ["DARK", "LIGHT", "Look", "svg"]
