"""Any keys and clicks in any order: the window shows what the document says, and undo leads back."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from workbench.data.samples import sample_project
from workbench.graph import file
from workbench.graph.outline import outline
from workbench.ui import theme
from workbench.ui.main_window import MainWindow
from workbench.ui.stack_rows import LAYER, SETTINGS

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
NONE = Qt.KeyboardModifier.NoModifier
KEYS = {
    "delete": (Qt.Key.Key_Delete, NONE),
    "up": (Qt.Key.Key_Up, NONE),
    "down": (Qt.Key.Key_Down, NONE),
    "shift-down": (Qt.Key.Key_Down, SHIFT),
    "move up": (Qt.Key.Key_Up, ALT),
    "move down": (Qt.Key.Key_Down, ALT),
    "duplicate": (Qt.Key.Key_D, CTRL),
    "bypass": (Qt.Key.Key_B, CTRL),
    "copy": (Qt.Key.Key_C, CTRL),
    "cut": (Qt.Key.Key_X, CTRL),
    "paste": (Qt.Key.Key_V, CTRL),
    "undo": (Qt.Key.Key_Z, CTRL),
    "redo": (Qt.Key.Key_Z, CTRL | SHIFT),
    "fold": (Qt.Key.Key_Left, NONE),
    "unfold": (Qt.Key.Key_Right, NONE),
    "ungroup": (Qt.Key.Key_G, CTRL | SHIFT),
    "fix": (Qt.Key.Key_Return, ALT),
}
TYPED = ("conv 8 3 same", "relu", "linear 10", "add", "bn", "res 8", "lstm 4 bi", "hello", "conv 0", "")


def machine(window: MainWindow, home: Path) -> type[RuleBasedStateMachine]:
    """Hands for this window."""
    table = window.stack.table
    workspace = window.workspace

    class Hands(RuleBasedStateMachine):
        number = 0

        @initialize(sample=st.sampled_from(["digits-cnn", "wine-softmax"]))
        def open(self, sample: str) -> None:
            Hands.number += 1
            workspace.create(sample_project(sample), home / f"machine{Hands.number}")
            window.show_stage("design")
            table.setFocus()
            self.first = file.dump(workspace.project)

        @rule(key=st.sampled_from(sorted(KEYS)))
        def press(self, key: str) -> None:
            QTest.keyClick(table, *KEYS[key])

        @rule(at=st.integers(0, 200), keys=st.sampled_from([NONE, NONE, SHIFT, CTRL]))
        def click(self, at: int, keys: Qt.KeyboardModifier) -> None:
            rows = window.stack.rows.rowCount()
            if not rows:
                return
            table.scrollTo(window.stack.rows.index(at % rows, 0))
            y = table.rowViewportPosition(at % rows) + theme.ROW // 2
            x = table.columnViewportPosition(SETTINGS) - 20
            QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, keys, QPoint(x, y))

        @rule(text=st.sampled_from(TYPED))
        def type_a_layer(self, text: str) -> None:
            field = window.stack.add.edit
            field.setText(text)
            QTest.keyClick(field, Qt.Key.Key_Return)
            QTest.keyClick(field, Qt.Key.Key_Escape)

        @rule(at=st.integers(0, 20), text=st.sampled_from(["7", "0", "x", "3x3", "1e99", "-1", "1 2"]))
        def type_into_the_form(self, at: int, text: str) -> None:
            form = window.findChild(object, "layerForm")
            fields = [f for f in form.findChildren(QLineEdit) if f.isVisible()] if form else []
            if fields:
                field = fields[at % len(fields)]
                field.selectAll()
                QTest.keyClicks(field, text)

        @rule(name=st.sampled_from(["Block", "Res"]))
        def group(self, name: str) -> None:
            if workspace.stack.chosen:
                workspace.stack.blocks.group(name)

        @rule(at=st.integers(0, 50), times=st.integers(1, 3))
        def repeat(self, at: int, times: int) -> None:
            blocks = workspace.graph.blocks
            if blocks and len(workspace.graph) < 40:
                workspace.stack.blocks.repeat(blocks[at % len(blocks)].id, times)

        @invariant()
        def rows_say_what_the_document_says(self) -> None:
            QApplication.processEvents()
            graph, rows = workspace.graph, window.stack.rows
            lines = outline(graph, workspace.stack.folded)
            assert [rows.layer_id(row) for row in range(rows.rowCount())] == [line.id for line in lines]
            for row, line in enumerate(lines):
                shown = rows.index(row, LAYER).data()
                assert shown == (f"{line.node.type} {line.id}" if line.node else f"{line.name} {line.id}")
                if line.node and not line.node.bypass and len(line.node.inputs or ()) < 2:
                    assert rows.index(row, SETTINGS).data() == line.node.layer.summary()

        @invariant()
        def what_is_selected_is_there(self) -> None:
            known = {node.id for node in workspace.graph} | {block.id for block in workspace.graph.blocks}
            assert workspace.selection in known | {""}
            assert set(workspace.stack.chosen) <= {node.id for node in workspace.graph}
            assert list(workspace.stack.chosen) == table.selected_ids()

        def teardown(self) -> None:
            if hasattr(self, "first"):
                for _ in range(1000):
                    if workspace.document.undo_label is None:
                        break
                    window.actions_["undo"].trigger()
                assert file.dump(workspace.project) == self.first
                self.rows_say_what_the_document_says()

    return Hands


def test_any_keys_in_any_order(window: MainWindow, home: Path) -> None:
    run_state_machine_as_test(
        machine(window, home),
        settings=settings(
            max_examples=20,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,  # what it finds should be found before a change lands, not after
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
