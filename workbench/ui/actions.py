"""Every action of the window, declared once: menu, shortcut and command palette read this table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from workbench.ui.icons import icon


@dataclass(frozen=True)
class Entry:
    """An action's name, place, icon and keys."""

    key: str
    text: str
    menu: str
    glyph: str = ""
    shortcut: str = ""


STAGES = ("data", "design", "train", "inspect", "evaluate", "export")

TABLE: tuple[Entry, ...] = (
    Entry("open_sample", "Open a sample…", "File", "flask", "Ctrl+Shift+N"),
    Entry("open_data", "New from a data file…", "File", "upload-simple", "Ctrl+N"),
    Entry("open_data_folder", "New from a folder of images…", "File", "image"),
    Entry("new_template", "New from a template…", "File", "blueprint", "Ctrl+T"),
    Entry("open_project", "Open a project…", "File", "folder-open", "Ctrl+O"),
    Entry("import_pytorch", "Import PyTorch…", "File", "file-py", "Ctrl+I"),
    Entry("import_onnx", "Import ONNX…", "File", "file-arrow-down", "Ctrl+Shift+I"),
    Entry("save", "Save", "File", "floppy-disk", "Ctrl+S"),
    Entry("save_picture", "Save a picture of the stack…", "File", "image-square", "Ctrl+Shift+P"),
    Entry("copy_picture", "Copy a picture of the stack", "File", "copy"),
    Entry("summary", "Summary table…", "File", "table", "Ctrl+Shift+T"),
    Entry("close", "Close the window", "File", "x", "Ctrl+Q"),
    Entry("undo", "Undo", "Edit", "arrow-counter-clockwise", "Ctrl+Z"),
    Entry("redo", "Redo", "Edit", "arrow-clockwise", "Ctrl+Shift+Z"),
    Entry("add_layer", "Add a layer by typing", "Edit", "plus", "Ctrl+L"),
    Entry("search_palette", "Search the palette", "Edit", "magnifying-glass", "Ctrl+Shift+L"),
    Entry("find", "Find layers", "Edit", "magnifying-glass", "Ctrl+F"),
    Entry("cut", "Cut", "Edit", "scissors", "Ctrl+X"),
    Entry("copy", "Copy", "Edit", "copy", "Ctrl+C"),
    Entry("paste", "Paste", "Edit", "clipboard-text", "Ctrl+V"),
    Entry("duplicate", "Duplicate", "Edit", "copy-simple", "Ctrl+D"),
    Entry("bypass", "Bypass on or off", "Edit", "eye-slash", "Ctrl+B"),
    Entry("move_up", "Move up", "Edit", "arrow-up"),
    Entry("move_down", "Move down", "Edit", "arrow-down"),
    Entry("remove", "Remove", "Edit", "trash"),
    Entry("apply_fix", "Apply the first fix", "Edit", "lightning"),
    Entry("make_block", "Make a block…", "Blocks", "stack", "Ctrl+G"),
    Entry("ungroup", "Ungroup the block", "Blocks", "stack-simple", "Ctrl+Shift+G"),
    Entry("repeat_block", "Repeat the block…", "Blocks", "repeat", "Ctrl+R"),
    Entry("keep_block", "Keep in the palette", "Blocks", "bookmark-simple"),
    Entry("fold_all", "Fold all blocks", "Blocks", "arrows-in-line-vertical", "Ctrl+Shift+Left"),
    Entry("unfold_all", "Unfold all blocks", "Blocks", "arrows-out-line-vertical", "Ctrl+Shift+Right"),
    *(
        Entry(f"stage_{stage}", f"Go to {stage.capitalize()}", "View", "", f"Ctrl+{number}")
        for number, stage in enumerate(STAGES, 1)
    ),
    Entry("theme_system", "Theme: follow the system", "View", "gear"),
    Entry("theme_dark", "Theme: dark", "View", "moon"),
    Entry("theme_light", "Theme: light", "View", "sun"),
    Entry("commands", "All commands", "View", "list", "Ctrl+K"),
    Entry("train", "Train", "Train", "play", "Ctrl+Return"),
    Entry("pause", "Pause or go on", "Train", "pause", "Ctrl+P"),
    Entry("step_once", "Do one step of the paused training", "Train", "skip-forward", "F10"),
    Entry("stop", "Stop training and keep the best", "Train", "stop", "Ctrl+."),
    Entry("queue_run", "Add a run to the queue", "Train", "queue", "Ctrl+Shift+Return"),
    Entry("keep_checkpoint", "Save a checkpoint now", "Train", "flag", "Ctrl+Shift+K"),
    Entry("go_back", "Go back to a checkpoint…", "Train", "clock-counter-clockwise", "Ctrl+Shift+B"),
)


class Actions:
    """The actions of one window, by key."""

    def __init__(self, window: QWidget, handlers: Mapping[str, Callable[[], object]]) -> None:
        self._actions: dict[str, QAction] = {}
        for entry in TABLE:
            action = QAction(entry.text, window)
            action.setObjectName(f"action_{entry.key}")
            if entry.glyph:
                action.setIcon(icon(entry.glyph, "muted"))
            if entry.shortcut:
                action.setShortcut(QKeySequence(entry.shortcut))
            handler = handlers[entry.key]
            action.triggered.connect(lambda _=False, handler=handler: handler())
            window.addAction(action)
            self._actions[entry.key] = action

    def __getitem__(self, key: str) -> QAction:
        return self._actions[key]

    def all(self) -> list[QAction]:
        """Return every action, in the table's order."""
        return list(self._actions.values())

    def menu(self, parent: QWidget) -> QMenu:
        """Return a menu of them all, a submenu a group."""
        menu = QMenu(parent)
        groups: dict[str, QMenu] = {}
        for entry in TABLE:
            if entry.menu not in groups:
                groups[entry.menu] = menu.addMenu(entry.menu)
            groups[entry.menu].addAction(self._actions[entry.key])
        return menu
