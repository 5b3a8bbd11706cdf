"""Representation."""

from workbench.ui.inspect.page import InspectPage


class RepresentationPage(InspectPage):
    """Being built."""

    def look(self) -> None:
        pass
