"""Epochs."""

from workbench.ui.inspect.page import InspectPage


class EpochsPage(InspectPage):
    """Being built."""

    def look(self) -> None:
        pass
