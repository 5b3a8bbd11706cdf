"""The document: a frozen project, its file, its history, and the edits of its stack."""

from workbench.graph.document import Document
from workbench.graph.project import DataSection, Graph, Node, Project, Split, Task
from workbench.graph.training import TrainingSection

__all__ = ["DataSection", "Document", "Graph", "Node", "Project", "Split", "Task", "TrainingSection"]
