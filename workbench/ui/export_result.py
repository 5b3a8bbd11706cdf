"""What an export gave: whether it agrees, what it takes and gives, and how to use it."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QVBoxLayout, QWidget

from workbench.export.base import Exported
from workbench.ui import cards, theme
from workbench.ui.cards import Card, label
from workbench.ui.code_view import CodeView
from workbench.ui.wording import grouped

AGREES = 1e-5
"""Largest difference of an output, absolute or as a share of the largest output, that counts as agreeing."""


class ResultCard(Card):
    """Empty before an export, and after another project is opened."""

    def __init__(self) -> None:
        super().__init__("Result")
        self._exported: Exported | None = None
        self._before = label(
            self.tr(
                "After the export, the file is run on up to 200 real samples, at batch sizes of 1, 7 and 64, "
                "and its answers are compared with the model's. The largest difference is shown here."
            ),
            "muted",
            wrap=True,
        )
        self.body.addWidget(self._before)
        self._after = QWidget()
        self._after.setProperty("role", "page")
        column = QVBoxLayout(self._after)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(theme.S)
        self._verdict = label("", "figure", wrap=True, name="exportVerdict")
        column.addWidget(self._verdict)
        column.addLayout(self._comparison())
        self._facts = QFormLayout()
        self._facts.setHorizontalSpacing(18)
        self._facts.setVerticalSpacing(4)
        column.addLayout(self._facts)
        column.addWidget(label(self.tr("How to use it"), "heading"))
        self._use = CodeView("exportUse")
        self._use.setFixedHeight(190)
        column.addWidget(self._use)
        column.addLayout(self._buttons())
        self._layers_title = label(self.tr("What each layer became"), "heading")
        self._layers = label("", "mono-muted", wrap=True, name="exportLayers")
        column.addWidget(self._layers_title)
        column.addWidget(self._layers)
        column.addStretch(1)
        self._scroll = cards.scrolling(self._after)
        self.body.addWidget(self._scroll, 1)
        self.body.addStretch(0)
        self.clear()

    def _comparison(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self._parity = label("", "mono", name="exportParity")
        self._how = label("", "muted", wrap=True)
        row.addWidget(label(self.tr("largest difference"), "muted"))
        row.addWidget(self._parity)
        row.addWidget(self._how, 1)
        return row

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        folder = cards.button(self.tr("Show in folder"), glyph="folder-open", name="exportFolder")
        folder.clicked.connect(self._open_folder)
        copy = cards.button(self.tr("Copy code"), glyph="copy", name="exportCopy")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._use.toPlainText()))
        row.addWidget(folder)
        row.addWidget(copy)
        row.addStretch(1)
        return row

    def clear(self) -> None:
        """Show what will be here."""
        self._exported = None
        self._before.show()
        self._scroll.hide()

    def display(self, found: Exported, usage: str) -> None:
        """Show an export and the code that uses it."""
        self._exported = found
        checked = found.checked
        self._before.hide()
        self._scroll.show()
        near = found.max_abs_diff <= AGREES
        agrees = near or checked.max_rel_diff <= AGREES
        self._verdict.setText(
            self.tr("✓ Agrees with the model") if agrees else self.tr("Differs from the model")
        )
        cards.set_role(self._verdict, "verdict-good" if agrees else "verdict-warning")
        self._parity.setText(f"{found.max_abs_diff:.2g}")
        sizes = ", ".join(map(str, checked.batch_sizes))
        allowed = self.tr("at most {:g} allowed").format(AGREES)
        if not near:
            allowed = self.tr("{:.1g} of the largest output").format(checked.max_rel_diff)
        text = self.tr("({}), over {} samples at batch sizes {}")
        self._how.setText(text.format(allowed, checked.samples, sizes))
        self._show_facts(found)
        self._use.set_source(usage)
        lines = [f"{layer} → {', '.join(names) or '–'}" for layer, names in found.nodes.items()]
        self._layers.setText("\n".join(lines))
        self._layers.setVisible(bool(lines))
        self._layers_title.setVisible(bool(lines))

    def _show_facts(self, found: Exported) -> None:
        cards.clear(self._facts)
        inputs = ", ".join(
            f"{item['name']} {item['dtype']} [{', '.join(map(str, item['shape']))}]" for item in found.inputs
        )
        facts = [
            (self.tr("Files"), ", ".join(file.name for file in found.files)),
            (self.tr("Size"), f"{grouped(round(found.size_bytes / 1024))} KiB"),
            (self.tr("Inputs"), f"{inputs}: {found.meaning.input}"),
            (self.tr("Outputs"), found.meaning.output),
        ]
        if found.opset:
            facts.insert(1, (self.tr("Opset"), str(found.opset)))
        for name, value in facts:
            self._facts.addRow(label(name, "muted"), label(value, "mono", wrap=True))

    def _open_folder(self) -> None:
        if self._exported is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._exported.path.parent)))
