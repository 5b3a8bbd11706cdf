"""Questions before something is left behind: a training, or edits that aren't saved."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from workbench.errors import UserError
from workbench.ui.training import Training
from workbench.ui.workspace import Workspace


def may_leave(window: QWidget, workspace: Workspace, training: Training) -> bool:
    """Ask what to do about unsaved edits and a training; return whether to go on."""
    if not may_drop_edits(window, workspace):
        return False
    if may_stop_training(window, training):
        return True
    workspace.saving.keep_recovery()  # edits that were to be discarded stay after all
    return False


def may_stop_training(window: QWidget, training: Training) -> bool:
    """Ask whether to stop a training under way; return whether to go on."""
    if not training.active:
        return True
    box = QMessageBox(window)
    box.setObjectName("stopQuestion")
    box.setIcon(QMessageBox.Icon.Question)
    box.setText(tr("A training is under way."))
    box.setInformativeText(tr("Stop it? The run keeps what was learned so far, and can go on later."))
    stop = box.addButton(tr("Stop and keep the run"), QMessageBox.ButtonRole.AcceptRole)
    box.addButton(tr("Go on training"), QMessageBox.ButtonRole.RejectRole)
    box.exec()
    if box.clickedButton() is not stop:
        return False
    training.stop()
    return True


def may_drop_edits(window: QWidget, workspace: Workspace) -> bool:
    """Ask whether to save, discard or keep editing; return whether to go on."""
    if not workspace.is_open or workspace.document.saved:
        return True
    box = QMessageBox(window)
    box.setObjectName("saveQuestion")
    box.setIcon(QMessageBox.Icon.Question)
    box.setText(tr("“{}” has unsaved changes.").format(workspace.project.name))
    buttons = QMessageBox.StandardButton
    box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
    answer = box.exec()
    if answer == buttons.Save:
        try:
            workspace.saving.save_now()
        except UserError as error:
            workspace.tell_error(error)
            return False
    elif answer == buttons.Discard:
        workspace.saving.discard_changes()
    return answer != buttons.Cancel


def tr(text: str) -> str:
    """Translate."""
    return QCoreApplication.translate("leaving", text)
