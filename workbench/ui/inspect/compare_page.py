"""Compare."""

from workbench.ui.inspect.page import InspectPage


class ComparePage(InspectPage):
    """Being built."""

    def look(self) -> None:
        pass
