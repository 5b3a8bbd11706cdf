"""Surrogate."""

from workbench.ui.inspect.page import InspectPage


class SurrogatePage(InspectPage):
    """Being built."""

    def look(self) -> None:
        pass
