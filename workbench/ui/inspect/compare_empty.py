"""What stands in place of a comparison: that there is none yet, why there is none, and the way on."""

from __future__ import annotations

from PySide6.QtCore import Signal

from workbench.ui.cards import Empty, button


class CompareEmpty(Empty):
    """A title, a sentence, and a button where one helps."""

    fresh_wanted = Signal()
    """Compare with untrained weights."""
    again_wanted = Signal()

    def __init__(self) -> None:
        super().__init__("git-diff", "", "")
        self.setObjectName("compareEmpty")
        self._fresh = button(self.tr("Compare with untrained weights"), name="compareUntrained")
        self._fresh.clicked.connect(self.fresh_wanted)
        self._again = button(self.tr("Start again"), name="compareAgain")
        self._again.clicked.connect(self.again_wanted)
        for part in (self._fresh, self._again):
            self.buttons.addWidget(part)

    def say_nothing_yet(self, *, untrained: bool) -> None:
        """There is no other model; ``untrained``: nor was this one trained."""
        if untrained:
            text = self.tr("Train the network: a run's weights can be compared with these, and with others.")
        else:
            text = self.tr(
                "Train again with other settings or another stack: both runs can be compared here. To "
                "compare epochs of one run, let it keep some: Keep, in the settings of Train."
            )
        self._say(self.tr("Nothing to compare with yet"), text, fresh=not untrained)

    def say_cancelled(self) -> None:
        """A person ended it."""
        self._say(self.tr("Cancelled"), self.tr("It wasn't worked out to the end."), again=True)

    def say_failed(self, error: Exception) -> None:
        """The two don't go together, or something is wrong with one of them."""
        self._say(self.tr("These two can't be compared"), str(error))

    def _say(self, title: str, text: str, *, fresh: bool = False, again: bool = False) -> None:
        self.display(title, text)
        self._fresh.setVisible(fresh)
        self._again.setVisible(again)
