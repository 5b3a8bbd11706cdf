"""Attribution."""

from workbench.ui.inspect.page import InspectPage


class AttributionPage(InspectPage):
    """Being built."""

    def look(self) -> None:
        pass
